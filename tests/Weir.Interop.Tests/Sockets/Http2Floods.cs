using Weir.Http.Http2;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Sockets;

/// <summary>
/// Floods over sockets against a process: each ends the connection with ENHANCE_YOUR_CALM, the process's memory stays within 64 MiB of
/// where it was, and others are served meanwhile.
/// </summary>
public sealed class Http2Floods : IAsyncLifetime
{
    private const int Clients = 8;
    private const long MostGrowth = 64L << 20;

    private RawOrigin _silent = null!;
    private WeirProcess _weir = null!;

    public async ValueTask InitializeAsync()
    {
        _silent = new RawOrigin(wire => wire.ReadToEndAsync());
        _weir = await WeirProcess.StartAsync($$"""
            log: { access: off }
            sites:
              "*":
                routes:
                  - { path: /hold, to: {{_silent.Url}} }
                  - { path: /large, stack: [{ respond: { status: 200, body: "{{new string('x', 20_000)}}" } }] }
                  - { stack: [{ respond: { status: 200, body: ok } }] }
            """, protocols: "[h1, h2]");
    }

    public async ValueTask DisposeAsync()
    {
        await _weir.DisposeAsync();
        await _silent.DisposeAsync();
    }

    [Fact]
    public async Task No_flood_costs_more_than_its_connection()
    {
        // What is rented and compiled once is there before the measuring.
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => AskAsync(500)));
        long before = _weir.ResidentOctets;
        foreach ((string name, byte[] settings, Func<int, byte[]> piece) in Kinds())
        {
            Task<Http2ErrorCode?>[] floods = [.. Enumerable.Range(0, Clients).Select(_ => FloodingClient.RunAsync(_weir.Port, Http2Octets.Greeting(settings), piece))];
            await AskAsync(20);
            Http2ErrorCode?[] codes = await Task.WhenAll(floods);
            codes.ShouldAllBe(code => code == Http2ErrorCode.EnhanceYourCalm, name);
            (_weir.ResidentOctets - before).ShouldBeLessThan(MostGrowth, name);
        }

        await AskAsync(20);
    }

    private static IEnumerable<(string Name, byte[] Settings, Func<int, byte[]> Piece)> Kinds()
    {
        byte[] nothing = [];
        byte[] bomb = [.. Http2Octets.Head("GET", "/"), 0x40, 1, (byte)'a', 0x7F, 0xA1, 0x1E, .. Enumerable.Repeat((byte)'v', 4_000)];
        byte[] unfolding = [.. Http2Octets.Head("GET", "/"), .. Enumerable.Repeat((byte)0xBE, 10_000)];
        byte[] piece = Http2Octets.Block("x", new string('y', 16_000));
        yield return ("rapid reset", nothing, i =>
        [
            .. Http2Octets.Request(1 + (2 * i), ends: true, "GET", "/hold"), .. Http2Octets.Frame(
                FrameType.RstStream, 0, 1 + (2 * i), 0, 0, 0, 8),
        ]);
        yield return ("provoked reset by a window", nothing, i =>
        [
            .. Http2Octets.Request(1 + (2 * i), ends: false, "POST", "/hold"), .. Http2Octets.Frame(
                FrameType.WindowUpdate, 0, 1 + (2 * i), 0, 0, 0, 0),
        ]);
        yield return ("provoked reset by content", nothing, i =>
        [
            .. Http2Octets.Request(1 + (2 * i), ends: false, "POST", "/hold", "content-length", "1"), .. Http2Octets.Frame(
                FrameType.Data, 0, 1 + (2 * i), 1, 2),
        ]);
        yield return ("malformed requests", nothing, i => Http2Octets.Request(1 + (2 * i), ends: true, "GET", "/", "Upper", "1"));
        yield return ("refused requests", nothing, i => Http2Octets.Request(1 + (2 * i), ends: true, "GET", "/%zz"));
        yield return ("heads that are too large", nothing, i => i % 2 == 0
            ? Http2Octets.Frame(FrameType.Headers, FrameFlags.EndStream, 1 + i, [.. Http2Octets.Head("GET", "/"), .. piece])
            : [.. Http2Octets.Frame(FrameType.Continuation, 0, i, piece), .. Http2Octets.Frame(FrameType.Continuation, FrameFlags.EndHeaders, i, piece)]);
        yield return ("streams", nothing, i => Http2Octets.Request(1 + (2 * i), ends: false, "POST", "/hold"));
        yield return ("empty CONTINUATION", nothing, i => i == 0
            ? Http2Octets.Frame(FrameType.Headers, FrameFlags.EndStream, 1, Http2Octets.Head("GET", "/")) : Http2Octets.Frame(FrameType.Continuation, 0, 1));
        yield return ("large CONTINUATION", nothing, i => i == 0
            ? Http2Octets.Frame(FrameType.Headers, FrameFlags.EndStream, 1, Http2Octets.Head("GET", "/")) : Http2Octets.Frame(FrameType.Continuation, 0, 1, piece));
        yield return ("HPACK bomb", nothing, i => Http2Octets.Frame(FrameType.Headers, 5, 1 + (2 * i), i == 0 ? bomb : unfolding));
        yield return ("SETTINGS", nothing, _ => Http2Octets.Frame(FrameType.Settings, 0, 0, Http2Octets.Setting(4, 70_000)));
        yield return ("acknowledgements", nothing, _ => Http2Octets.Frame(FrameType.Settings, FrameFlags.Ack, 0));
        yield return ("PING", nothing, _ => Http2Octets.Frame(FrameType.Ping, 0, 0, new byte[8]));
        yield return ("WINDOW_UPDATE", nothing, _ => Http2Octets.Frame(FrameType.WindowUpdate, 0, 0, 0, 0, 0, 1));
        yield return ("PRIORITY", nothing, i => Http2Octets.Frame(FrameType.Priority, 0, 1 + (2 * i), 0, 0, 0, 0, 1));
        yield return ("PRIORITY_UPDATE", nothing, i => Http2Octets.Frame(FrameType.PriorityUpdate, 0, 0, [.. Http2Octets.Number((uint)(1 + (2 * i))), (byte)'i']));
        yield return ("unknown frames", nothing, _ => Http2Octets.Frame((FrameType)0x66, 0, 0, new byte[100]));
        yield return ("empty DATA", nothing, i => i == 0 ? Http2Octets.Request(1, ends: false, "POST", "/hold") : Http2Octets.Frame(FrameType.Data, 0, 1));
        yield return ("tiny windows", Http2Octets.Setting(4, 1), i => i % 1_000 == 0
            ? Http2Octets.Request(1 + (i / 500), ends: true, "GET", "/large") : Http2Octets.Frame(FrameType.WindowUpdate, 0, 1 + (i / 1_000 * 2), 0, 0, 0, 1));
    }

    private async Task AskAsync(int times)
    {
        for (int i = 0; i < times; i++)
        {
            using Wire wire = await _weir.ConnectAsync();
            await wire.SendAsync("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
            (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        }
    }
}
