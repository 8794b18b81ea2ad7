using System.Buffers.Binary;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Connections;
using Weir.Net.Tls;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.InMemory.Tests.Secure;

/// <summary>Proves how a connection becomes a TLS connection: in which pieces, by when, how many at once, and what modules see.</summary>
public sealed class HandshakeStartTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void A_handshake_and_a_request_in_pieces_of_any_size_are_served(int piece)
    {
        using Proxy proxy = new();
        using SecureListener listener = new(proxy);
        SecureClient client = listener.Connect();
        client.PieceToWeir = piece;
        client.Say(Request);
        proxy.Origin.Take().StartLine.ShouldBe("GET / HTTP/1.1");
        proxy.Origin.Answer(proxy, "hello");
        client.Pump();
        client.Received.ShouldEndWith("hello");
        client.Close();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("PROXY TCP4 198.51.100.7 192.0.2.9 1234 443\r\n", int.MaxValue)]
    [InlineData("PROXY TCP4 198.51.100.7 192.0.2.9 1234 443\r\n", 3)]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x07\xc0\0\x02\x09\x04\xd2\x01\xbb", int.MaxValue)]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x07\xc0\0\x02\x09\x04\xd2\x01\xbb", 1)]
    public void A_hello_behind_a_proxy_header_is_served_and_the_client_is_who_the_header_names(string header, int piece)
    {
        using Proxy proxy = new();
        IpPrefix.TryParse("192.0.2.1/32", out IpPrefix sender).ShouldBeTrue();
        using SecureListener listener = new(proxy, options => options with { ProxyProtocol = [sender] });
        SecureClient client = listener.Connect();
        client.PieceToWeir = piece;
        client.Far.PeerSend(System.Text.Encoding.Latin1.GetBytes(header));
        client.Say(Request);
        proxy.Origin.Take()["X-Forwarded-For"].ShouldBe("198.51.100.7");
        proxy.Origin.Answer(proxy, "hello");
        client.Pump();
        client.Received.ShouldEndWith("hello");
        client.Close();
        proxy.AssertClean();
    }

    [Fact]
    public void A_module_sees_the_whole_hello_once_and_may_end_the_connection()
    {
        using Proxy proxy = new();
        HelloModule module = new();
        using SecureListener listener = new(proxy, options => options with { Modules = [module] });
        SecureClient client = listener.Connect();
        client.PieceToWeir = 5;
        client.Say(Request);
        proxy.Origin.Take();
        ClientHelloReader.TryParse(module.Seen.ShouldHaveSingleItem(), out ClientHelloFacts facts).ShouldBeTrue();
        facts.ServerName.SequenceEqual("a.test"u8).ShouldBeTrue();

        module.Verdict = Verdict.Abort;
        SecureClient refused = listener.Connect();
        refused.Pump();
        refused.Far.IsClosed.ShouldBeTrue();
        refused.FromWeir.ShouldBe(0);
        proxy.Counters.Total(Counter.ConnectionsRefusedModule).ShouldBe(1);
        client.Close();
        refused.Close();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(8_000, true)]
    [InlineData(15_000, true)]
    [InlineData(17_000, false)]
    [InlineData(40_000, false)]
    public void A_hello_larger_than_any_client_makes_is_refused(int octets, bool isTaken)
    {
        using Proxy proxy = new();
        using SecureListener listener = new(proxy);
        SecureClient model = listener.Connect();
        proxy.Run();
        model.Near.TryRead();
        byte[] hello = Padded(model.Near.Sent[5..], octets);
        model.Close();

        Peer peer = listener.ConnectRaw();
        for (int at = 0; at < hello.Length && !peer.IsClosed; at += 4_000)
        {
            int count = Math.Min(4_000, hello.Length - at);
            peer.Connection.PeerSend([22, 3, 1, (byte)(count >> 8), (byte)count, .. hello.AsSpan(at, count)]);
            proxy.Run();
        }

        peer.IsClosed.ShouldBe(!isTaken);
        peer.Connection.Sent.IsEmpty.ShouldBe(!isTaken, "Who is taken gets the server's part of the handshake.");
        if (isTaken)
        {
            peer.Reset();
        }

        proxy.AssertClean();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public void Who_does_not_finish_in_time_is_ended_however_it_dribbles(int helloOctets)
    {
        using Proxy proxy = new();
        using SecureListener listener = new(proxy);
        SecureClient client = listener.Connect();
        client.MostFromWeir = 0;
        client.MostToWeir = helloOctets;
        client.Pump();
        for (int i = 0; i < 9; i++)
        {
            proxy.Advance(1_000);
            client.Far.IsClosed.ShouldBeFalse($"after {i + 1} s");
            client.MostToWeir = Math.Min(client.MostToWeir, int.MaxValue - 1) + 1;
            client.Pump();
        }

        proxy.Advance(1_100);
        client.Far.IsClosed.ShouldBeTrue();
        proxy.Counters.Total(CounterFamily.TlsClientFailures, (int)TlsFailure.TimedOut).ShouldBe(1);
        client.Close();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public void Draining_waits_a_second_for_handshakes_and_no_longer(int helloOctets)
    {
        using Proxy proxy = new();
        using SecureListener listener = new(proxy);
        SecureClient client = listener.Connect();
        client.MostFromWeir = 0;
        client.MostToWeir = helloOctets;
        client.Pump();
        proxy.Server.StartingCount.ShouldBe(1);
        proxy.Server.Drain();
        proxy.Run();
        client.Far.IsClosed.ShouldBeFalse("Its client may be about to ask.");
        proxy.Advance(1_100, 100);
        client.Far.IsClosed.ShouldBeTrue();
        proxy.Server.StartingCount.ShouldBe(0);
        client.Close();
        proxy.AssertClean();
    }

    [Fact]
    public void A_handshake_that_ends_while_draining_is_served_and_told_to_close()
    {
        using Proxy proxy = new();
        using SecureListener listener = new(proxy);
        SecureClient client = listener.Connect();
        client.MostFromWeir = 0;
        client.Pump();
        proxy.Server.Drain();
        client.MostFromWeir = int.MaxValue;
        client.Say(Request);
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "hello");
        client.Pump();
        client.Received.ShouldContain("onnection: close");
        client.Received.ShouldEndWith("hello");
        client.Last.ShouldBe(ReadStatus.End);
        client.Near.IsEndTruncated.ShouldBeFalse("The end is announced.");
        client.Close();
        proxy.AssertClean();
    }

    [Fact]
    public void A_second_signal_ends_handshakes_at_once()
    {
        using Proxy proxy = new();
        using SecureListener listener = new(proxy);
        SecureClient client = listener.Connect();
        client.MostToWeir = 50;
        client.Pump();
        proxy.Server.AbortAll();
        proxy.Run();
        client.Far.IsClosed.ShouldBeTrue();
        client.Close();
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_with_too_many_handshakes_going_on_is_refused_counted_and_told_of()
    {
        using Proxy proxy = new();
        proxy.Server.Limits = proxy.Server.Limits with { HandshakesPerClient = 3 };
        using SecureListener listener = new(proxy);
        Peer[] silent = [.. Enumerable.Range(0, 3).Select(_ => listener.ConnectRaw())];
        Peer refused = listener.ConnectRaw();
        refused.IsClosed.ShouldBeTrue();
        proxy.Counters.Total(Counter.ConnectionsRefusedHandshakes).ShouldBe(1);
        proxy.Events.CountOf(OperatorEvents.ClientHandshakeLimit).ShouldBe(1);
        listener.ConnectRaw(0xC0000209).IsClosed.ShouldBeFalse("Another client has places of its own.");

        silent[0].Reset();
        SecureClient client = listener.Connect();
        client.Say(Request);
        proxy.Origin.Take();
        client.Close();
        proxy.AssertClean();
    }

    [Fact]
    public void At_most_four_handshakes_begin_in_a_turn_so_requests_are_not_starved()
    {
        using Proxy proxy = new();
        using SecureListener listener = new(proxy);
        SecureClient established = listener.Connect();
        established.Say(Request);
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "hello");
        established.Pump();

        List<SecureClient> flood = [.. Enumerable.Range(0, 30).Select(_ => listener.Connect(SecureListener.NewClients()))];
        proxy.Run();
        foreach (SecureClient client in flood)
        {
            client.Near.TryRead();
            client.Far.PeerSend(client.Near.Sent);
        }

        int begun = 0;
        long turn = proxy.Loop.TurnCount;
        while (begun < flood.Count)
        {
            proxy.Loop.RunUntilIdle(1);
            int now = flood.Count(client => !client.Far.Sent.IsEmpty);
            (now - begun).ShouldBeLessThanOrEqualTo(4 * (int)Math.Max(1, proxy.Loop.TurnCount - turn));
            (begun, turn) = (now, proxy.Loop.TurnCount);
        }

        flood.ForEach(client => client.Close());
        established.Close();
        proxy.AssertClean();
    }

    [Fact]
    public void A_full_house_does_not_answer_a_tls_client_in_the_clear()
    {
        using Proxy proxy = new(Proxy.Simple + "\nlimits: { connections_per_client: 1 }");
        using SecureListener listener = new(proxy);
        Peer first = listener.ConnectRaw();
        Peer second = listener.ConnectRaw();
        second.WasReset.ShouldBeTrue();
        second.ExpectNothing();
        first.Reset();
        proxy.AssertClean();
    }

    // RFC 7685: the padding extension, whose content nobody reads.
    private static byte[] Padded(ReadOnlySpan<byte> hello, int octets)
    {
        int at = 4 + 2 + 32;
        at += 1 + hello[at];
        at += 2 + BinaryPrimitives.ReadUInt16BigEndian(hello[at..]);
        at += 1 + hello[at];
        int padding = octets - hello.Length - 4;
        byte[] padded = [.. hello, 0, 21, (byte)(padding >> 8), (byte)padding, .. new byte[padding]];
        BinaryPrimitives.WriteUInt16BigEndian(padded.AsSpan(at), (ushort)(padded.Length - at - 2));
        padded[1] = (byte)((padded.Length - 4) >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(padded.AsSpan(2), (ushort)(padded.Length - 4));
        return padded;
    }

    private sealed class HelloModule : IConnectionModule
    {
        public List<byte[]> Seen { get; } = [];

        public Verdict Verdict { get; set; }

        public Verdict OnConnected(in ConnectionInfo connection) => Verdict.Continue;

        public Verdict OnClientHello(in ClientHello hello)
        {
            Seen.Add(hello.Message.ToArray());
            return Verdict;
        }
    }
}
