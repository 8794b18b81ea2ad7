using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Tls;

namespace Weir.InMemory.Tests.Faults;

/// <summary>
/// Short conversations over HTTP/2, plain and over TLS, with a fault at every octet of the client's side, of what it takes, and of the
/// origin's side: each ends in the whole answer, in a reset stream or in an ended connection; nothing hangs, nothing is held, and an origin
/// whose client is gone is told.
/// </summary>
public sealed class Http2FaultTests : IDisposable
{
    private readonly TlsClientContext _clients = SecureListener.NewClients(AlpnProtocols.Http2);

    public static TheoryData<string, FaultKind, bool> ClientCases()
    {
        TheoryData<string, FaultKind, bool> cases = [];
        foreach (Http2Conversation conversation in Http2Conversation.All)
        {
            foreach (FaultKind kind in (FaultKind[])[FaultKind.Split, FaultKind.End, FaultKind.Reset, FaultKind.Stall, FaultKind.OneOctetReads])
            {
                cases.Add(conversation.Name, kind, false);
                cases.Add(conversation.Name, kind, true);
            }
        }

        return cases;
    }

    public static TheoryData<string, FaultKind> OriginCases()
    {
        TheoryData<string, FaultKind> cases = [];
        foreach (string name in (string[])["get", "put", "trailers"])
        {
            foreach (FaultKind kind in (FaultKind[])[FaultKind.Split, FaultKind.End, FaultKind.Reset, FaultKind.Stall])
            {
                cases.Add(name, kind);
            }
        }

        return cases;
    }

    public void Dispose() => _clients.Dispose();

    [Theory]
    [MemberData(nameof(ClientCases))]
    public void Every_octet_of_the_client(string name, FaultKind fault, bool isTls) => Run(name, isTls, line =>
    {
        // A record is whole or is not: for all but one conversation over TLS some of its octets are enough.
        int step = fault == FaultKind.OneOctetReads ? int.MaxValue : isTls && name != "put" ? 7 : 1;
        return (step, line.Octets);
    }, (proxy, line, conversation, at) =>
    {
        line.Carry(at);
        bool isWhole = fault == FaultKind.Split || at == line.Octets;
        switch (fault)
        {
            case FaultKind.Split:
                Drain(proxy, conversation);
                line.Carry(line.Octets);
                break;
            case FaultKind.OneOctetReads:
                // The slowest client that is still fast enough: one octet each time.
                for (int i = 0; i <= line.Octets; i++)
                {
                    proxy.Clock.Advance(1);
                    line.Carry(i);
                    Drain(proxy, conversation, i);
                }

                isWhole = true;
                break;
            case FaultKind.End:
                line.Peer.End();
                break;
            case FaultKind.Reset:
                line.Peer.Reset();
                break;
            default:
                proxy.Advance(12_000);
                break;
        }

        if (fault is FaultKind.End or FaultKind.Reset)
        {
            proxy.Origin.Connections.ShouldAllBe(origin => origin.IsClosed, "The origin is not told.");
            isWhole = false;
        }

        Serve(proxy, conversation);
        Judge(line, conversation, isWhole && !(conversation.Drains && fault != FaultKind.Stall));
    });

    [Theory]
    [MemberData(nameof(OriginCases))]
    public void Every_octet_of_the_origin(string name, FaultKind fault) => Run(name, isTls: false, line => (1, OnlyAnswer(name).Length),
        (proxy, line, conversation, at) =>
        {
            string answer = OnlyAnswer(name);
            line.Carry(line.Octets);
            Peer origin = proxy.Origin.Connections[0];
            origin.TakeRequest().Body.ShouldBe(conversation.Origin.Values.Single().Request);
            origin.Send(answer[..at]);
            proxy.Run();
            switch (fault)
            {
                case FaultKind.Split:
                    origin.Send(answer[at..]);
                    break;
                case FaultKind.End:
                    origin.End();
                    break;
                case FaultKind.Reset:
                    origin.Reset();
                    break;
                default:
                    proxy.Advance(130_000, 1_000);
                    break;
            }

            proxy.Run();
            Serve(proxy, conversation);
            bool isWhole = fault == FaultKind.Split || at == answer.Length;
            List<Http2Frame> frames = Judge(line, conversation, isWhole);
            bool hasEnd = frames.Exists(frame => frame.EndsStream);
            (hasEnd || fault == FaultKind.Stall || frames.Exists(frame => frame.Type == FrameType.RstStream)).ShouldBeTrue(
                string.Join("\n", frames));
        });

    [Theory]
    [InlineData("get", false)]
    [InlineData("put", false)]
    [InlineData("put", true)]
    [InlineData("reset", false)]
    [InlineData("drain", false)]
    public void Every_octet_that_the_client_takes(string name, bool isTls) =>
        Run(name, isTls, _ => (isTls ? 5 : 1, 300), (proxy, line, conversation, at) =>
    {
        line.Peer.Connection.OpenWindow(at);
        line.Carry(line.Octets);
        Serve(proxy, conversation);
        switch (at % 3)
        {
            case 0:
                line.Peer.Reset();
                Judge(line, conversation, isWhole: false);
                break;
            case 1:
                // It takes nothing more: its time is limits.idle_timeout.
                proxy.Advance(62_000, 1_000);
                Judge(line, conversation, isWhole: false);
                break;
            default:
                line.Peer.Connection.OpenWindow(int.MaxValue);
                proxy.Run();
                Judge(line, conversation, isWhole: true);
                break;
        }
    });

    [Theory]
    [InlineData("get", false)]
    [InlineData("put", false)]
    [InlineData("put", true)]
    [InlineData("trailers", true)]
    [InlineData("reset", true)]
    [InlineData("drain", true)]
    public void One_octet_for_each_call_of_the_system(string name, bool isTls) =>
        Run(name, isTls, _ => (1, 1), (proxy, line, conversation, at) =>
    {
        line.Peer.Connection.MaxReceive = at == 0 ? 1 : int.MaxValue;
        line.Peer.Connection.MaxSend = at == 0 ? int.MaxValue : 1;
        line.Carry(line.Octets);
        Serve(proxy, conversation);
        Judge(line, conversation, isWhole: !conversation.Drains);
    });

    private static string OnlyAnswer(string name) => Named(name).Origin.Values.Single().Answer;

    private static Http2Conversation Named(string name) => Http2Conversation.All.Single(conversation => conversation.Name == name);

    // One run for each octet, each with a proxy of its own.
    private void Run(
        string name, bool isTls, Func<Http2Line, (int Step, int Most)> range, Action<Proxy, Http2Line, Http2Conversation, int> test)
    {
        Http2Conversation conversation = Named(name);
        int most = 0;
        int step = 1;
        for (int at = 0; at <= most; at = step == int.MaxValue ? most + 1 : at + step)
        {
            using Proxy proxy = new(Http2Peer.Yaml);
            using Http2Line line = new(proxy, conversation.Said(isTls ? "https" : "http"), isTls ? _clients : null);
            (step, most) = range(line);
            try
            {
                test(proxy, line, conversation, at);
                line.Dispose();
                proxy.AssertClean();
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{name}, octet {at} of {most}", exception);
            }
        }
    }

    private static void Drain(Proxy proxy, Http2Conversation conversation, int at = 0)
    {
        if (conversation.Drains && at == 0)
        {
            proxy.Server.Drain();
            proxy.Run();
        }
    }

    private static void Serve(Proxy proxy, Http2Conversation conversation)
    {
        Drain(proxy, conversation);
        bool hasServed = true;
        while (hasServed)
        {
            hasServed = false;
            foreach (Peer origin in proxy.Origin.Connections.ToArray())
            {
                if (!origin.IsClosed && origin.TryTake(isResponse: false, isHead: false, out Message request))
                {
                    (string content, string answer) = conversation.Origin[request.StartLine.Split(' ')[1]];
                    request.Body.ShouldBe(content, "Half a request reached the origin as a whole one.");
                    origin.Send(answer);
                    hasServed = true;
                }
            }

            proxy.Run();
        }
    }

    private static List<Http2Frame> Judge(Http2Line line, Http2Conversation conversation, bool isWhole)
    {
        List<Http2Frame> frames = line.Take();
        string all = string.Join("\n", frames);
        int[] hasTimedOut = [.. frames.Where(frame => frame.Fields.StartsWith(":status: 408", StringComparison.Ordinal)).Select(frame => frame.Stream)];
        foreach ((int stream, (string content, string trailers)) in conversation.Streams)
        {
            List<Http2Frame> own = [.. frames.Where(frame => frame.Stream == stream)];
            bool hasEnd = own.Exists(frame => frame.EndsStream);
            if (isWhole)
            {
                hasEnd.ShouldBeTrue(all);
            }

            if (hasEnd && own.Exists(frame => frame.Fields.StartsWith(":status: 200", StringComparison.Ordinal)))
            {
                Http2Peer.Content(own, stream).ShouldBe(content, all);
                own.Last(frame => frame.EndsStream).Fields.ShouldBe(trailers, all);
            }
        }

        // What the client has reset, and what it never asked for, is not answered; content that does not come is, with 408.
        frames.ShouldAllBe(frame => frame.Stream == 0 || frame.Type == FrameType.WindowUpdate || frame.Type == FrameType.RstStream
            || conversation.Streams.ContainsKey(frame.Stream) || hasTimedOut.Contains(frame.Stream), all);
        return frames;
    }
}
