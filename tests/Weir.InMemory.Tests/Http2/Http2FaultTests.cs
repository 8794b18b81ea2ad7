using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Http2;

/// <summary>
/// A short conversation over HTTP/2 with a fault at every octet of the client's side, of what it takes, and of the origin's side: it ends in
/// the whole answer, in a reset stream or in an ended connection; nothing hangs and nothing is held.
/// </summary>
public sealed class Http2FaultTests
{
    private const string Answer = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n";

    private static readonly byte[] _said =
    [
        .. Preface.Octets,
        .. Http2Peer.Frame(FrameType.Settings, 0, 0, Http2Peer.Setting(4, 1000)),
        .. Http2Peer.Frame(FrameType.Headers, 0, 1, Http2Peer.Block(Http2Peer.Fields("PUT", "/x"))),
        .. Http2Peer.Frame(FrameType.Continuation, 4, 1, Http2Peer.Block("content-length=6")),
        .. Http2Peer.Frame(FrameType.Data, 0, 1, [.. "abc"u8]),
        .. Http2Peer.Frame(FrameType.Settings, 1, 0),
        .. Http2Peer.Frame(FrameType.Data, 8 | 1, 1, [2, .. "def"u8, 0, 0]),
    ];

    public enum Fault
    {
        Split,
        End,
        Reset,
        Stall,
    }

    [Theory]
    [InlineData(Fault.Split)]
    [InlineData(Fault.End)]
    [InlineData(Fault.Reset)]
    [InlineData(Fault.Stall)]
    public void Every_octet_of_the_client(Fault fault)
    {
        for (int at = 0; at <= _said.Length; at++)
        {
            using Proxy proxy = new(Http2Peer.Yaml);
            Http2Peer client = new(proxy, greets: false);
            client.SendRaw(_said[..at]);
            switch (fault)
            {
                case Fault.Split:
                    client.SendRaw(_said[at..]);
                    break;
                case Fault.End:
                    client.Peer.End();
                    break;
                case Fault.Reset:
                    client.Peer.Reset();
                    break;
                default:
                    proxy.Advance(12_000);
                    break;
            }

            Serve(proxy, at);
            Judge(client, fault == Fault.Split || (at == _said.Length && fault == Fault.Stall), $"client, {fault} at {at}");
            proxy.AssertClean();
        }
    }

    [Theory]
    [InlineData(Fault.Split)]
    [InlineData(Fault.End)]
    [InlineData(Fault.Reset)]
    [InlineData(Fault.Stall)]
    public void Every_octet_of_the_origin(Fault fault)
    {
        for (int at = 0; at <= Answer.Length; at++)
        {
            using Proxy proxy = new(Http2Peer.Yaml);
            Http2Peer client = new(proxy, greets: false);
            client.SendRaw(_said);
            Peer origin = proxy.Origin.Connections[0];
            origin.TakeRequest().Body.ShouldBe("abcdef");
            origin.Send(Answer[..at]);
            proxy.Run();
            switch (fault)
            {
                case Fault.Split:
                    origin.Send(Answer[at..]);
                    break;
                case Fault.End:
                    origin.End();
                    break;
                case Fault.Reset:
                    origin.Reset();
                    break;
                default:
                    proxy.Advance(130_000, 1_000);
                    break;
            }

            proxy.Run();
            Serve(proxy, at);
            Judge(client, fault == Fault.Split || at == Answer.Length, $"origin, {fault} at {at}", isOriginsFault: fault != Fault.Stall);
            proxy.AssertClean();
        }
    }

    [Fact]
    public void Every_octet_that_the_client_takes()
    {
        for (int at = 0; at < 200; at++)
        {
            using Proxy proxy = new(Http2Peer.Yaml);
            Http2Peer client = new(proxy, greets: false);
            client.Peer.Connection.OpenWindow(at);
            client.SendRaw(_said);
            Serve(proxy, at);
            if (at % 2 == 0)
            {
                client.Peer.Reset();
            }
            else
            {
                client.Peer.Connection.OpenWindow(int.MaxValue);
                proxy.Run();
                Judge(client, true, $"window of {at}");
            }

            proxy.AssertClean();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_octet_at_a_time(bool isReading)
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, greets: false);
        client.Peer.Connection.MaxReceive = isReading ? 1 : int.MaxValue;
        client.Peer.Connection.MaxSend = isReading ? int.MaxValue : 1;
        client.SendRaw(_said);
        Serve(proxy, 0);
        Judge(client, true, "one octet");
        proxy.AssertClean();
    }

    private static void Serve(Proxy proxy, int at)
    {
        foreach (Peer origin in proxy.Origin.Connections)
        {
            if (origin.TryTake(isResponse: false, isHead: false, out Message request))
            {
                request.Body.ShouldBe("abcdef", $"half a request reached the origin, {at}");
                origin.Send(Answer);
            }
        }

        proxy.Run();
    }

    private static void Judge(Http2Peer client, bool isWhole, string what, bool isOriginsFault = false)
    {
        List<Http2Frame> frames = client.TakeAll();
        string all = what + "\n" + string.Join("\n", frames);
        bool hasEnd = frames.Exists(frame => frame.EndsStream);
        if (isWhole)
        {
            hasEnd.ShouldBeTrue(all);
        }

        if (isOriginsFault)
        {
            (hasEnd || frames.Exists(frame => frame.Type == FrameType.RstStream)).ShouldBeTrue(all);
        }

        bool isOk = frames.Exists(frame => frame.Fields.StartsWith(":status: 200", StringComparison.Ordinal));
        if (isOk && hasEnd)
        {
            Http2Peer.Content(frames, 1).ShouldBe("hello", all);
            frames.ShouldContain(frame => frame.Fields == "x-sum: 5", all);
        }
    }
}
