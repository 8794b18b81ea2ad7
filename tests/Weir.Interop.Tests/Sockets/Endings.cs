using System.Net.Security;
using System.Text;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Sockets;

/// <summary>Who ends what, and whom that must reach.</summary>
public sealed class Endings
{
    private const string Request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    [Fact]
    public async Task A_client_that_ended_its_direction_still_gets_the_response()
    {
        TaskCompletionSource asked = new();
        TaskCompletionSource ended = new();
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            asked.SetResult();
            await ended.Task;
            await wire.SendAsync(RawOrigin.Answer);
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(Request);
        await asked.Task;
        wire.EndSending();
        ended.SetResult();
        (await wire.ReadToEndAsync()).ShouldEndWith("\r\n\r\nok");
    }

    [Fact]
    public async Task A_client_that_ends_right_behind_its_request_gets_the_response()
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(Request + Request);
        wire.EndSending();
        (await wire.ReadToEndAsync()).Split("\r\n\r\nok").Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_client_that_ended_its_direction_gets_a_long_response_whole()
    {
        string block = new('x', 1 << 20);
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadUntilAsync("0\r\n\r\n");
            await wire.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {4 * block.Length}\r\n\r\n");
            for (int i = 0; i < 4; i++)
            {
                await wire.SendAsync(block);
            }
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        wire.EndSending();
        string answer = await wire.ReadToEndAsync();
        answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Length.ShouldBe(4 * block.Length);
        wire.WasReset.ShouldBeFalse();
    }

    [Fact]
    public async Task A_client_that_said_goodbye_in_TLS_still_gets_the_response()
    {
        using TestAuthority certificates = new();
        TaskCompletionSource asked = new();
        TaskCompletionSource ended = new();
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            asked.SetResult();
            await ended.Task;
            await wire.SendAsync(RawOrigin.Answer);
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            listen: [{ address: "127.0.0.1:0", tls: true, protocols: [h1] }]
            sites: { a.test: { routes: [{ to: "{{origin.Url}}" }], tls: { {{certificates.Issue("a", "a.test")}} } } }
            """);
        using Wire wire = await weir.ConnectAsync();
        await using SslStream secure = new(wire.AsStream(), false, (_, _, _, _) => true);
        await secure.AuthenticateAsClientAsync("a.test");
        await secure.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"), TestContext.Current.CancellationToken);
        await asked.Task;
        await secure.ShutdownAsync();
        wire.EndSending();
        ended.SetResult();
        using StreamReader reader = new(secure);
        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldEndWith("\r\n\r\nok");
    }

    [Fact]
    public async Task A_client_that_ended_its_direction_and_then_is_gone_cancels_the_request()
    {
        TaskCompletionSource asked = new();
        TaskCompletionSource<bool> cancelled = new();
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            asked.SetResult();
            await wire.ReadToEndAsync();
            cancelled.SetResult(true);
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(Request);
        wire.EndSending();
        await asked.Task;
        wire.Reset();
        (await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_client_that_closed_is_noticed_by_the_first_octets_of_a_response_without_end()
    {
        TaskCompletionSource asked = new();
        TaskCompletionSource closed = new();
        TaskCompletionSource<bool> cancelled = new();
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            asked.SetResult();
            await closed.Task;
            await wire.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");

            // Whoever is gone resets at the first octets, and the next ones tell.
            while (await wire.TrySendAsync("data: 2\n\n"))
            {
            }

            cancelled.SetResult(true);
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using (Wire wire = await weir.ConnectAsync())
        {
            await wire.SendAsync(Request);
            await asked.Task;
        }

        closed.SetResult();
        (await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nabc")]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")]
    public async Task A_client_that_resets_while_it_waits_cancels_the_request(string request)
    {
        TaskCompletionSource asked = new();
        TaskCompletionSource<bool> cancelled = new();
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            asked.SetResult();
            await wire.ReadToEndAsync();
            cancelled.SetResult(true);
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(request);
        await asked.Task;
        wire.Reset();
        (await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_client_that_ends_within_its_content_completes_nothing()
    {
        TaskCompletionSource<bool> wasReset = new();
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.ReadToEndAsync();
            wasReset.SetResult(wire.WasReset);
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        wire.EndSending();
        (await wasReset.Task.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
        origin.TakeRecorded().ShouldNotContain("\r\n0\r\n");
    }

    [Fact]
    public async Task A_slow_reader_stops_the_origin_and_gets_everything()
    {
        const int Octets = 32 << 20;
        string block = new('x', 1 << 20);
        int sent = 0;
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Octets}\r\n\r\n");
            for (; sent < Octets; sent += block.Length)
            {
                await wire.SendAsync(block);
            }
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(Request);
        await wire.ReadHeadAsync();

        // Until the origin can send no more: two pauses in which nothing moved.
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(200));
        for (int before = -1; before != sent && await timer.WaitForNextTickAsync();)
        {
            before = sent;
            await timer.WaitForNextTickAsync();
        }

        sent.ShouldBeLessThan(Octets);
        (await wire.ReadExactlyAsync(Octets)).ShouldAllBe(octet => octet == 'x');
    }
}
