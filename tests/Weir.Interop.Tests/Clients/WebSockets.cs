using System.Net.WebSockets;
using System.Text;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Clients;

/// <summary>WebSockets through Weir: the platform's client, and raw octets where it cannot be told to be nasty.</summary>
public sealed class WebSockets : IAsyncLifetime
{
    private const string Handshake = "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    private RawOrigin _origin = null!;
    private RunningWeir _weir = null!;

    public async ValueTask InitializeAsync()
    {
        _origin = new RawOrigin(EchoOrigin.EchoAsync);
        _weir = await RunningWeir.InFrontOfAsync(_origin.Url, "listen: [{ address: \"127.0.0.1:0\", protocols: [h1, h2] }]");
    }

    public async ValueTask DisposeAsync()
    {
        await _weir.DisposeAsync();
        await _origin.DisposeAsync();
        _deadline.Dispose();
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Text_binary_fragments_and_close_pass_both_ways(string version)
    {
        using ClientWebSocket socket = new();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using HttpMessageInvoker invoker = new(new SocketsHttpHandler());
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_weir.Port}/ws"), invoker, _deadline.Token);
        _origin.TakeRecorded().ShouldContain(version == "2.0" ? "Via: 2 " : "Via: 1.1 ", Case.Insensitive);
        await socket.SendAsync(Encoding.UTF8.GetBytes("grüße"), WebSocketMessageType.Text, true, _deadline.Token);
        (await ReceiveAsync(socket)).ShouldBe((WebSocketMessageType.Text, "grüße"));
        await socket.SendAsync("\0\u0001\u0002"u8.ToArray(), WebSocketMessageType.Binary, true, _deadline.Token);
        (await ReceiveAsync(socket)).ShouldBe((WebSocketMessageType.Binary, "\0\u0001\u0002"));
        await socket.SendAsync("one "u8.ToArray(), WebSocketMessageType.Text, false, _deadline.Token);
        await socket.SendAsync("two "u8.ToArray(), WebSocketMessageType.Text, false, _deadline.Token);
        await socket.SendAsync("three"u8.ToArray(), WebSocketMessageType.Text, true, _deadline.Token);
        (await ReceiveAsync(socket)).ShouldBe((WebSocketMessageType.Text, "one two three"));
        string large = new('x', 1 << 20);
        Task sending = socket.SendAsync(Encoding.ASCII.GetBytes(large), WebSocketMessageType.Text, true, _deadline.Token);
        (await ReceiveAsync(socket)).ShouldBe((WebSocketMessageType.Text, large));
        await sending;
        await socket.CloseAsync((WebSocketCloseStatus)4001, "enough", _deadline.Token);
        socket.CloseStatus.ShouldBe((WebSocketCloseStatus)4001);
        socket.CloseStatusDescription.ShouldBe("enough");
    }

    [Fact]
    public async Task A_ping_comes_back_as_a_pong()
    {
        using Wire wire = await _weir.ConnectAsync();
        await wire.SendAsync(Handshake);
        (await wire.ReadHeadAsync()).ShouldContain("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");

        // RFC 6455 section 5.5.2: a masked ping with two octets; the mask is zero.
        await wire.SendAsync("\u0089\u0082\0\0\0\0hi");
        (await wire.ReadExactlyAsync(4)).ShouldBe("\u008a\u0002hi");
    }

    [Fact]
    public async Task The_switch_reaches_both_sides_as_it_was_said()
    {
        using Wire wire = await _weir.ConnectAsync();
        await wire.SendAsync(Handshake);
        string head = await wire.ReadHeadAsync();
        head.ShouldStartWith("HTTP/1.1 101 ");
        head.ShouldContain("\r\nUpgrade: websocket\r\n");
        head.ShouldContain("\r\nConnection: upgrade\r\n", Case.Insensitive);
        string seen = _origin.TakeRecorded();
        seen.ShouldContain("\r\nUpgrade: websocket\r\n");
        seen.ShouldContain("\r\nConnection: upgrade\r\n", Case.Insensitive);
        seen.ShouldContain("\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    }

    [Fact]
    public async Task Octets_right_behind_the_handshake_survive_in_both_directions()
    {
        await using RawOrigin origin = new(async wire =>
        {
            string head = await wire.ReadHeadAsync();
            await wire.SendAsync(EchoOrigin.AcceptOf(head) + "behind the 101");
            await wire.SendAsync("[" + await wire.ReadExactlyAsync(5) + "]");
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(Handshake + "early");
        await wire.ReadHeadAsync();
        (await wire.ReadToEndAsync()).ShouldBe("behind the 101[early]");
    }

    [Fact]
    public async Task Early_octets_are_no_tunnel_before_the_switch()
    {
        // The origin declines. What the client sent in the hope of a tunnel is its next request, and must be judged as one.
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(Handshake + "\u0089\u0082\0\0\0\0hi\r\n\r\n");
        (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 400 ");
        origin.TakeRecorded().ShouldEndWith("\r\n\r\n");
    }

    [Fact]
    public async Task One_side_may_end_before_the_other()
    {
        await using RawOrigin origin = new(async wire =>
        {
            string head = await wire.ReadHeadAsync();
            await wire.SendAsync(EchoOrigin.AcceptOf(head));
            string all = await wire.ReadToEndAsync();
            await wire.SendAsync("got " + all);
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(Handshake);
        await wire.ReadHeadAsync();
        await wire.SendAsync("the end");
        wire.EndSending();
        (await wire.ReadToEndAsync()).ShouldBe("got the end");
    }

    [Theory]
    [InlineData("Upgrade: h2c\r\nConnection: Upgrade")]
    [InlineData("Upgrade: websocket, h2c\r\nConnection: Upgrade")]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 3")]
    public async Task A_switch_that_may_not_be_is_not_asked_for(string fields)
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        (await weir.AskAsync($"GET / HTTP/1.1\r\nHost: h\r\n{fields}\r\n\r\nabc")).ShouldStartWith("HTTP/1.1 200 ");
        origin.TakeRecorded().ShouldNotContain("pgrade");
    }

    private async Task<(WebSocketMessageType Type, string Text)> ReceiveAsync(ClientWebSocket socket)
    {
        using MemoryStream whole = new();
        byte[] buffer = new byte[8192];
        while (true)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, _deadline.Token);
            whole.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return (received.MessageType, Encoding.UTF8.GetString(whole.ToArray()));
            }
        }
    }
}
