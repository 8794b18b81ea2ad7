using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Clients;

/// <summary>
/// What an origin has sent is at the client before the origin sends more; what it says between head and end is passed on.
/// </summary>
public sealed class Streaming
{
    private const int Events = 20;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_event_arrives_before_the_next_is_sent(bool isChunked)
    {
        using SemaphoreSlim next = new(1);
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + (isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n"));
            for (int i = 0; i < Events; i++)
            {
                await next.WaitAsync();
                string text = $"data: {i:00}\n\n";
                await wire.SendAsync(isChunked ? $"a\r\n{text}\r\n" : text);
            }

            await wire.SendAsync(isChunked ? "0\r\n\r\n" : "");
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
        (await wire.ReadHeadAsync()).ShouldContain("\r\nTransfer-Encoding: chunked\r\n");
        for (int i = 0; i < Events; i++)
        {
            (await wire.ReadUntilAsync("\n\n\r\n")).ShouldBe($"a\r\ndata: {i:00}\n\n\r\n");
            next.Release();
        }

        (await wire.ReadUntilAsync("\r\n\r\n")).ShouldBe("0\r\n\r\n");
    }

    [Fact]
    public async Task Each_piece_of_an_upload_arrives_before_the_next_is_sent()
    {
        using SemaphoreSlim seen = new(0);
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            for (int i = 0; i < Events; i++)
            {
                await wire.ReadUntilAsync("piece");
                seen.Release();
            }

            await wire.SendAsync(RawOrigin.Answer);
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < Events; i++)
        {
            await wire.SendAsync("5\r\npiece\r\n");
            (await seen.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
        }

        await wire.SendAsync("0\r\n\r\n");
        (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task Early_hints_and_unknown_interim_responses_come_first()
    {
        TaskCompletionSource hinted = new();
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 104 Upload\r\n\r\n");
            await hinted.Task;
            await wire.SendAsync(RawOrigin.Answer);
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        (await wire.ReadHeadAsync()).ShouldBe("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        (await wire.ReadHeadAsync()).ShouldStartWith("HTTP/1.1 104 ");
        hinted.SetResult();
        (await wire.ReadResponseAsync()).ShouldEndWith("\r\n\r\nok");
    }

    [Fact]
    public async Task An_old_client_gets_no_interim_response()
    {
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + RawOrigin.Answer);
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        (await weir.AskAsync("GET / HTTP/1.0\r\nHost: h\r\n\r\n")).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task A_final_response_may_come_before_the_content()
    {
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nabc");
        (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 401 ");

        // An origin connection whose request was never completed serves nobody else.
        await weir.AskAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        origin.Connections.ShouldBe(2);
    }
}
