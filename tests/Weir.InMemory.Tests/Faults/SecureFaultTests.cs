using Weir.InMemory.Tests.Harness;
using Weir.Net.Connections;

namespace Weir.InMemory.Tests.Faults;

/// <summary>
/// Proves what becomes of a connection over TLS that is cut at any octet of its records, in either direction: the handshake, the request,
/// the response. Nothing hangs, nothing is held, no half request is forwarded, and no half response is taken for whole.
/// </summary>
public sealed class SecureFaultTests
{
    private const string Request = "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    private const string Content = "the whole response";

    public enum Cut
    {
        Reset,
        End,
        Stall,
    }

    [Theory]
    [InlineData(Cut.Reset, true)]
    [InlineData(Cut.Reset, false)]
    [InlineData(Cut.End, true)]
    [InlineData(Cut.End, false)]
    [InlineData(Cut.Stall, true)]
    [InlineData(Cut.Stall, false)]
    public void Every_octet(Cut cut, bool isToWeir)
    {
        int whole = Run(cut, isToWeir, int.MaxValue);
        whole.ShouldBeGreaterThan(400);
        for (int at = 0; at < whole; at++)
        {
            try
            {
                Run(cut, isToWeir, at);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{cut} {(isToWeir ? "to" : "from")} Weir after {at} of {whole} octets", exception);
            }
        }
    }

    /// <summary>The octets that went that way.</summary>
    private static int Run(Cut cut, bool isToWeir, int at)
    {
        using Proxy proxy = new();
        using SecureListener listener = new(proxy);
        SecureClient client = listener.Connect();
        client.MostToWeir = isToWeir ? at : int.MaxValue;
        client.MostFromWeir = isToWeir ? int.MaxValue : at;
        client.Say(Request);
        Answer(proxy);
        client.Pump();
        if (at == int.MaxValue)
        {
            // The client does not end its direction: Weir waits for that a while.
            proxy.Advance(6_000);
        }
        else
        {
            Break(proxy, client, cut);
            Answer(proxy);
            client.Pump();
        }

        int moved = isToWeir ? client.ToWeir : client.FromWeir;
        bool isWhole = client.Received.EndsWith(Content, StringComparison.Ordinal) && client.Last == ReadStatus.End;
        (isWhole || at != int.MaxValue).ShouldBeTrue("Nothing went wrong.");
        client.Far.IsClosed.ShouldBeTrue("Weir still has the connection.");
        client.Close();
        proxy.AssertClean();
        return moved;
    }

    private static void Answer(Proxy proxy)
    {
        if (proxy.Origin.Connections.Count == 0)
        {
            return;
        }

        Peer origin = proxy.Origin.Last;
        if (!origin.IsClosed && origin.TryTake(isResponse: false, isHead: false, out Message request))
        {
            request.Body.ShouldBe("hello", "Half a request was taken for whole.");
            origin.Answer(proxy, Content);
        }
    }

    private static void Break(Proxy proxy, SecureClient client, Cut cut)
    {
        switch (cut)
        {
            case Cut.Reset:
                client.Far.PeerReset();
                break;
            case Cut.End:
                client.Far.PeerEnd();
                break;
        }

        proxy.Run();

        // What the client never sends, and never takes, has a deadline of its own.
        proxy.Advance(cut == Cut.Reset ? 1_000 : 80_000, 5_000);
    }
}
