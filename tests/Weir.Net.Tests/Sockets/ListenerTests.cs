using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Net.Connections;
using Weir.Net.Sockets;
using Weir.Net.Tests.Testing;
using SocketAddress = Weir.Net.Sockets.SocketAddress;

namespace Weir.Net.Tests.Sockets;

public sealed class ListenerTests
{
    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("[::1]:0")]
    [InlineData(":0")]
    public void More_connections_than_one_turn_takes_are_all_accepted(string text)
    {
        using TestLoop test = new(isInMemory: false);
        Listener listener = Listen(test, text, out RecordingAccepts accepts);
        listener.Address.Port.ShouldNotBe(0);
        IPAddress to = text.StartsWith("[", StringComparison.Ordinal) ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        List<Socket> clients = [];
        for (int i = 0; i < 150; i++)
        {
            Socket client = new(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(new IPEndPoint(to, listener.Address.Port));
            clients.Add(client);
        }

        test.TurnUntil(() => accepts.Accepted.Count == 150);
        accepts.Accepted.Select(peer => peer.Address.ToIPAddress()).Distinct().ShouldBe([to]);
        accepts.Accepted.Select(peer => peer.Port).ShouldBe(
            clients.Select(client => ((IPEndPoint)client.LocalEndPoint!).Port), ignoreOrder: true);
        clients.ForEach(client => client.Dispose());
        accepts.CloseAll();
        listener.Close();
        test.Turn();
    }

    [Fact]
    public void Closing_accepts_what_waits_in_the_queue_first()
    {
        using TestLoop test = new(isInMemory: false);
        Listener listener = Listen(test, "127.0.0.1:0", out RecordingAccepts accepts);
        test.Turn();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(new IPEndPoint(IPAddress.Loopback, listener.Address.Port));
        listener.Close();
        listener.Close();
        accepts.Accepted.Count.ShouldBe(1);
        test.Turn();
        accepts.CloseAll();
    }

    [Fact]
    public void A_socket_that_never_accepts_pauses_and_can_be_closed()
    {
        using TestLoop test = new(isInMemory: false);

        // Bound, but it does not listen: accept4 fails with EINVAL each time.
        int fd = Libc.socket(Libc.AfInet, Libc.SockStream | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        RecordingAccepts accepts = new();
        Listener listener = Listener.Start(test.Loop, fd, Parse("127.0.0.1:0"), accepts);
        test.Turn();
        accepts.Pauses.Distinct().ShouldBe([Libc.Einval]);
        listener.Close();
        test.Turn();
    }

    [Fact]
    public void An_error_of_connections_without_end_does_not_keep_it_from_closing()
    {
        using TestLoop test = new(isInMemory: false);

        // Datagrams cannot be accepted: EOPNOTSUPP, which accept(2) names among the errors of one connection.
        const int Datagrams = 2;
        int fd = Libc.socket(Libc.AfInet, Datagrams | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        Listener listener = Listener.Start(test.Loop, fd, Parse("127.0.0.1:0"), new RecordingAccepts());
        listener.Close();
        test.Turn();
        test.Loop.PolledCount.ShouldBe(0);
    }

    [Fact]
    public void A_handler_that_throws_keeps_nobody_else_waiting()
    {
        using TestLoop test = new(isInMemory: false);
        Listener listener = Listen(test, "127.0.0.1:0", out RecordingAccepts accepts);
        accepts.ThrowsAt = 2;
        List<Socket> clients = [];
        for (int i = 0; i < 5; i++)
        {
            Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(new IPEndPoint(IPAddress.Loopback, listener.Address.Port));
            clients.Add(client);
        }

        test.TurnUntil(() => accepts.Accepted.Count == 5);
        test.Observer.Failures.Count.ShouldBe(1);
        clients.ForEach(client => client.Dispose());
        accepts.CloseAll();
        listener.Close();
        test.Turn();
    }

    [Fact]
    public void Refusing_leaves_the_queue_as_it_is_and_lets_nobody_in()
    {
        using TestLoop test = new(isInMemory: false);
        Listener listener = Listen(test, "127.0.0.1:0", out RecordingAccepts accepts);
        using Socket before = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        before.Connect(new IPEndPoint(IPAddress.Loopback, listener.Address.Port));
        listener.Refuse();
        using Socket after = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        Should.Throw<SocketException>(() => after.Connect(new IPEndPoint(IPAddress.Loopback, listener.Address.Port)))
            .SocketErrorCode.ShouldBe(SocketError.WouldBlock);
        after.Poll(100_000, SelectMode.SelectWrite).ShouldBeFalse();
        listener.Close();
        accepts.Accepted.Count.ShouldBe(1);
        test.Turn();
        accepts.CloseAll();
    }

    [Fact]
    public void A_unix_socket_that_refuses_says_so_and_gives_up_its_queue()
    {
        using TestLoop test = new(isInMemory: false);
        string path = Path.Combine(Path.GetTempPath(), $"weir-{Guid.NewGuid():N}.sock");
        int fd = Listener.Bind(SocketAddress.Unix(path), 16, out SocketAddress bound);
        RecordingAccepts accepts = new();
        Listener listener = Listener.Start(test.Loop, fd, bound, accepts);
        using Socket before = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        before.Connect(new UnixDomainSocketEndPoint(path));
        listener.Refuse();
        using Socket after = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Should.Throw<SocketException>(() => after.Connect(new UnixDomainSocketEndPoint(path)))
            .SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        listener.Close();
        accepts.Accepted.Count.ShouldBe(1);
        accepts.Pauses.ShouldBeEmpty();
        test.Turn();
        accepts.CloseAll();
        File.Delete(path);
    }

    [Fact]
    public void Two_listeners_share_a_port_and_a_taken_one_is_described()
    {
        int first = Listener.Bind(Parse("127.0.0.1:0"), 16, out SocketAddress bound);
        int second = Listener.Bind(bound, 16, out _);
        first.ShouldBeGreaterThan(0);
        second.ShouldBeGreaterThan(0);
        Listener.CloseDescriptor(first);
        Listener.CloseDescriptor(second);
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        int error = -Listener.Bind(Parse($"127.0.0.1:{((IPEndPoint)other.LocalEndPoint!).Port}"), 16, out _);
        error.ShouldBe(Libc.Eaddrinuse);
        Listener.Describe(error).ShouldContain("in use");
    }

    [Fact]
    public void A_unix_socket_connects_both_ways_and_replaces_a_file_left_behind()
    {
        string path = Path.Combine(Path.GetTempPath(), $"weir-{Guid.NewGuid():N}.sock");
        File.WriteAllText(path, "left behind");
        try
        {
            using TestLoop test = new(isInMemory: false);
            Listener listener = Listen(test, "unix:" + path, out RecordingAccepts accepts);
            SocketConnection? client = SocketConnection.Connect(
                test.Loop, SocketAddress.Unix(path), 5000, out ValueTask<WriteStatus> connected, out int error);
            error.ShouldBe(0);
            test.Result(connected).ShouldBe(WriteStatus.Done);
            test.TurnUntil(() => accepts.Descriptors.Count == 1);
            SocketConnection server = SocketConnection.Adopt(test.Loop, accepts.Descriptors[0]).ShouldNotBeNull();
            PinnedOctets hello = new("hello"u8);
            test.Result(client!.WriteAsync(hello.Slice, default, 5000)).ShouldBe(WriteStatus.Done);
            test.Read(server, 5000).ShouldBe(ReadStatus.Data);
            server.Received.ToArray().ShouldBe("hello"u8.ToArray());
            server.Consume(5);
            server.Close();
            test.Read(client, 5000).ShouldBe(ReadStatus.End);
            client.Close();
            listener.Close();
            test.Turn();
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_refused_client_gets_the_last_word_although_it_has_sent_something()
    {
        using TestLoop test = new(isInMemory: false);
        Listener listener = Listen(test, "127.0.0.1:0", out RecordingAccepts accepts);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        client.Connect(new IPEndPoint(IPAddress.Loopback, listener.Address.Port));
        client.Send("GET / HTTP/1.1\r\n\r\n"u8);
        test.TurnUntil(() => accepts.Descriptors.Count == 1);
        Descriptors.Refuse(accepts.Descriptors[0], "HTTP/1.1 503 Service Unavailable\r\n\r\n"u8);
        StringBuilder text = new();
        byte[] buffer = new byte[1000];
        for (int count = client.Receive(buffer); count > 0; count = client.Receive(buffer))
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        text.ToString().ShouldBe("HTTP/1.1 503 Service Unavailable\r\n\r\n");
        listener.Close();
        test.Turn();
    }

    [Fact]
    public void The_local_address_of_an_accepted_connection_is_the_listeners()
    {
        using TestLoop test = new(isInMemory: false);
        Listener listener = Listen(test, "127.0.0.1:0", out RecordingAccepts accepts);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(new IPEndPoint(IPAddress.Loopback, listener.Address.Port));
        test.TurnUntil(() => accepts.Descriptors.Count == 1);
        IpAddress local = Descriptors.LocalAddress(accepts.Descriptors[0], out int port);
        (local, port).ShouldBe((listener.Address.Address, listener.Address.Port));
        accepts.CloseAll();
        listener.Close();
        test.Turn();
    }

    private static Listener Listen(TestLoop test, string text, out RecordingAccepts accepts)
    {
        int fd = Listener.Bind(Parse(text), 512, out SocketAddress bound);
        fd.ShouldBeGreaterThan(0);
        accepts = new RecordingAccepts();
        return Listener.Start(test.Loop, fd, bound, accepts);
    }

    private static SocketAddress Parse(string text)
    {
        SocketAddress.TryParse(text, out SocketAddress address).ShouldBeTrue();
        return address;
    }

    private sealed class RecordingAccepts : IAcceptHandler
    {
        public List<int> Descriptors { get; } = [];

        public List<(IpAddress Address, int Port)> Accepted { get; } = [];

        public List<int> Pauses { get; } = [];

        public int ThrowsAt { get; set; }

        public void OnAccepted(int fd, IpAddress peer, int peerPort)
        {
            Descriptors.Add(fd);
            Accepted.Add((peer, peerPort));
            if (Accepted.Count == ThrowsAt)
            {
                throw new InvalidOperationException("a defect");
            }
        }

        public void OnAcceptPaused(int error) => Pauses.Add(error);

        public void CloseAll() => Descriptors.ForEach(Net.Sockets.Descriptors.Close);
    }
}
