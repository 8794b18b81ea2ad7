using System.Net.Sockets;
using Weir.Abstractions.Exchanges;
using Weir.Interop.Tests.Peers;
using Weir.Net.Connections;
using Weir.Net.Sockets;
using Weir.Net.Tests.Testing;
using SocketAddress = Weir.Net.Sockets.SocketAddress;

namespace Weir.Net.Tests.Sockets;

public sealed class SocketConnectionTests
{
    [Fact]
    public void Octets_pass_in_both_directions_and_are_counted()
    {
        using TestLoop test = new(isInMemory: false);
        using SocketPair pair = new(test);
        PinnedOctets request = new("request"u8);
        test.Result(pair.Connection.WriteAsync(request.Slice, default, 5000)).ShouldBe(WriteStatus.Done);
        byte[] buffer = new byte[100];
        pair.Peer.Receive(buffer).ShouldBe(7);
        buffer[..7].ShouldBe("request"u8.ToArray());
        pair.Peer.Send("answer"u8);
        test.Read(pair.Connection, 5000).ShouldBe(ReadStatus.Data);
        pair.Connection.Received.ToArray().ShouldBe("answer"u8.ToArray());
        (pair.Connection.TotalSent, pair.Connection.TotalReceived).ShouldBe((7L, 6L));
        pair.Connection.Consume(6);
        pair.Connection.IsKnownOpen().ShouldBeTrue();
    }

    [Fact]
    public void A_large_gathered_write_to_a_slow_peer_arrives_whole()
    {
        using TestLoop test = new(isInMemory: false);
        using SocketPair pair = new(test, receiveBufferOctets: 4096);
        PinnedOctets body = PinnedOctets.Pattern(8 << 20);
        PinnedOctets tail = new("\r\n0\r\n\r\n"u8);
        "head"u8.CopyTo(pair.Connection.OutputSpace(4));
        pair.Connection.CommitOutput(4);
        Task<WriteStatus> writing = pair.Connection.WriteAsync(body.Slice, tail.Slice, 20_000).AsTask();
        test.Turn();
        writing.IsCompleted.ShouldBeFalse();
        byte[] received = new byte[4 + body.Octets.Length + 7];
        int count = 0;
        while (count < received.Length)
        {
            test.TurnUntil(() => pair.Peer.Poll(0, SelectMode.SelectRead));
            int got = pair.Peer.Receive(received, count, received.Length - count, SocketFlags.None);
            got.ShouldBeGreaterThan(0);
            count += got;
        }

        test.TurnUntil(() => writing.IsCompleted);
        writing.Result.ShouldBe(WriteStatus.Done);
        byte[] expected = [.. "head"u8, .. body.Octets, .. tail.Octets];
        received.AsSpan().SequenceEqual(expected).ShouldBeTrue();
        pair.Connection.TotalSent.ShouldBe(received.Length);
    }

    [Fact]
    public void Octets_and_fin_that_arrive_together_are_both_read()
    {
        using TestLoop test = new(isInMemory: false);
        using SocketPair pair = new(test);
        Task<ReadStatus> reading = pair.Connection.ReadAsync(5000).AsTask();
        pair.Peer.Send("bye"u8);
        pair.Peer.Shutdown(SocketShutdown.Send);
        test.TurnUntil(() => reading.IsCompleted);
        reading.Result.ShouldBe(ReadStatus.Data);
        pair.Connection.Consume(3);
        test.Read(pair.Connection, 5000).ShouldBe(ReadStatus.End);
        pair.Connection.IsPeerClosing.ShouldBeTrue();
        pair.Connection.IsKnownOpen().ShouldBeFalse();
    }

    [Fact]
    public void A_half_closed_connection_still_sends()
    {
        using TestLoop test = new(isInMemory: false);
        using SocketPair pair = new(test);
        pair.Peer.Shutdown(SocketShutdown.Send);
        test.Read(pair.Connection, 5000).ShouldBe(ReadStatus.End);
        PinnedOctets body = new("still here"u8);
        test.Result(pair.Connection.WriteAsync(body.Slice, default, 5000)).ShouldBe(WriteStatus.Done);
        pair.Connection.ShutdownWrite();
        pair.ReadToEnd(test).ShouldBe(body.Octets);
    }

    [Fact]
    public void Closing_is_an_end_for_the_peer()
    {
        using TestLoop test = new(isInMemory: false);
        using SocketPair pair = new(test);
        pair.Connection.Close();
        test.Turn();
        pair.ReadToEnd(test).ShouldBeEmpty();
    }

    [Fact]
    public void Closing_with_a_reset_is_a_reset_for_the_peer()
    {
        using TestLoop test = new(isInMemory: false);
        using SocketPair pair = new(test);
        pair.Connection.Close(reset: true);
        test.Turn();
        SocketException thrown = Should.Throw<SocketException>(() => pair.Peer.Receive(new byte[1]));
        thrown.SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writing_to_a_reset_socket_is_an_error_and_not_the_end_of_the_process(bool isGathered)
    {
        using TestLoop test = new(isInMemory: false);
        using SocketPair pair = new(test);
        pair.Peer.LingerState = new LingerOption(true, 0);
        pair.Peer.Close();
        PinnedOctets body = new("anyone?"u8);
        WriteStatus status = WriteStatus.Done;
        for (int i = 0; i < 1000 && status == WriteStatus.Done; i++)
        {
            test.Turn();
            status = test.Result(pair.Connection.WriteAsync(body.Slice, isGathered ? body.Slice : default, 5000));
        }

        status.ShouldBe(WriteStatus.Reset);
        pair.Connection.HasFailed.ShouldBeTrue();
        test.Read(pair.Connection, 5000).ShouldBeOneOf(ReadStatus.Reset, ReadStatus.End);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writing_after_shutting_down_is_an_error_too(bool isGathered)
    {
        // EPIPE: the case in which the kernel would raise SIGPIPE for a plain write or writev.
        using TestLoop test = new(isInMemory: false);
        using SocketPair pair = new(test);
        pair.Connection.ShutdownWrite();
        PinnedOctets body = new("x"u8);
        test.Result(pair.Connection.WriteAsync(body.Slice, isGathered ? body.Slice : default, 5000)).ShouldBe(WriteStatus.Reset);
    }

    [Fact]
    public void A_refused_connect_says_so()
    {
        using TestLoop test = new(isInMemory: false);
        int port = FreePort.Lease();
        SocketAddress address = SocketAddress.Of(IpAddress.FromIPv4(0x7f000001), port);
        SocketConnection? connection = SocketConnection.Connect(
            test.Loop, address, 5000, out ValueTask<WriteStatus> connected, out int error);
        if (connection is null)
        {
            error.ShouldBe(Libc.Econnrefused);
            return;
        }

        test.Result(connected).ShouldBe(WriteStatus.Reset);
        connection.ConnectError.ShouldBe(Libc.Econnrefused);
        connection.Close();
        test.Turn();
    }

    [Fact]
    public void A_reset_of_an_idle_connection_reaches_its_observer()
    {
        using TestLoop test = new(isInMemory: false);
        using SocketPair pair = new(test);
        RecordingConnectionObserver observer = new();
        pair.Connection.Observer = observer;
        pair.Peer.LingerState = new LingerOption(true, 0);
        pair.Peer.Close();
        test.TurnUntil(() => observer.Gone == 1);
        pair.Connection.IsKnownOpen().ShouldBeFalse();
    }
}
