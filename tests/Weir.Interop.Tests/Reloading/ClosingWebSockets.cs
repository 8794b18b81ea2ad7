using System.Diagnostics;
using System.Net.WebSockets;
using Weir.Interop.Tests.Clients;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Reloading;

/// <summary>A drain ends WebSockets as RFC 6455 wants it: a Close frame between two frames, and nothing behind it.</summary>
public sealed class ClosingWebSockets
{
    private const string Handshake = "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    // RFC 6455 section 7.4.1.
    private const string GoingAway = "\u0088\u0002\u0003\u00e9";

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Both_ends_are_told_and_the_drain_ends_at_once()
    {
        TaskCompletionSource<WebSocketCloseStatus?> heard = new();
        await using RawOrigin origin = new(async wire =>
        {
            await wire.SendAsync(EchoOrigin.AcceptOf(await wire.ReadHeadAsync()));
            using WebSocket socket = WebSocket.CreateFromStream(wire.AsStream(), new WebSocketCreationOptions { IsServer = true });
            WebSocketReceiveResult received = await socket.ReceiveAsync(new byte[64], CancellationToken.None);
            heard.SetResult(received.CloseStatus);
            await socket.CloseAsync(received.CloseStatus!.Value, null, CancellationToken.None);
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using ClientWebSocket client = new();
        using CancellationTokenSource end = new(_deadline);
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{weir.Port}/ws"), end.Token);
        long startedAt = Stopwatch.GetTimestamp();
        Task<bool> drain = weir.Host.DrainAsync(_deadline);
        WebSocketReceiveResult received = await client.ReceiveAsync(new byte[64], end.Token);
        received.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        await client.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, end.Token);
        (await heard.Task.WaitAsync(end.Token)).ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        (await drain).ShouldBeTrue();
        Stopwatch.GetElapsedTime(startedAt).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_frame_that_has_begun_ends_before_the_close()
    {
        await using RawOrigin origin = new(async wire =>
        {
            await wire.SendAsync(EchoOrigin.AcceptOf(await wire.ReadHeadAsync()) + "\u0082\u0005he");

            // It is told at once, because no frame of the client's is on its way; masked, as a client's frames are.
            (await wire.ReadExactlyAsync(8)).ShouldStartWith("\u0088\u0082");

            // The rest of the frame, a whole one, and the beginning of a third.
            await wire.SendAsync("llo\u0082\u0001!\u0082\u0005la");
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire client = await weir.ConnectAsync();
        await client.SendAsync(Handshake);
        await client.ReadHeadAsync();
        (await client.ReadExactlyAsync(4)).ShouldBe("\u0082\u0005he");
        Task<bool> drain = weir.Host.DrainAsync(_deadline);
        (await client.ReadExactlyAsync(6 + GoingAway.Length)).ShouldBe("llo\u0082\u0001!" + GoingAway);
        await client.SendAsync("\u0088\u0082\0\0\0\0\u0003\u00e9");
        client.EndSending();
        (await client.ReadToEndAsync()).ShouldBeEmpty();
        (await drain).ShouldBeTrue();
    }

    [Fact]
    public async Task Peers_that_do_not_answer_are_not_waited_for_until_the_deadline()
    {
        await using RawOrigin origin = new(async wire =>
        {
            await wire.SendAsync(EchoOrigin.AcceptOf(await wire.ReadHeadAsync()));
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire client = await weir.ConnectAsync();
        await client.SendAsync(Handshake);
        await client.ReadHeadAsync();
        long startedAt = Stopwatch.GetTimestamp();
        (await weir.Host.DrainAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue();
        Stopwatch.GetElapsedTime(startedAt).ShouldBeLessThan(TimeSpan.FromSeconds(30));
        (await client.ReadToEndAsync()).ShouldBe(GoingAway);
    }
}
