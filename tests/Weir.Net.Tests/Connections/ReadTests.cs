using Weir.Net.Buffers;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.Memory;
using Weir.Net.Tests.Testing;

namespace Weir.Net.Tests.Connections;

public sealed class ReadTests
{
    [Fact]
    public void What_arrived_before_the_read_is_there_at_once()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.PeerSend("hello"u8);
        ValueTask<ReadStatus> reading = connection.ReadAsync(1000);
        reading.IsCompletedSuccessfully.ShouldBeTrue();
        reading.Result.ShouldBe(ReadStatus.Data);
        connection.Received.ToArray().ShouldBe("hello"u8.ToArray());
        connection.TotalReceived.ShouldBe(5);
        connection.Consume(2);
        connection.Received.ToArray().ShouldBe("llo"u8.ToArray());
        connection.Consume(3);
        test.Loop.SmallBuffers.RentedCount.ShouldBe(0);
        connection.Close();
    }

    [Fact]
    public void A_waiting_read_resumes_when_something_arrives()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        ValueTask<ReadStatus> reading = connection.ReadAsync(1000);
        test.Turn();
        reading.IsCompleted.ShouldBeFalse();
        test.Loop.SmallBuffers.RentedCount.ShouldBe(0, "A connection that waits holds no buffer.");
        connection.PeerSend("x"u8);
        test.Result(reading).ShouldBe(ReadStatus.Data);
        connection.Consume(1);
        connection.Close();
    }

    [Fact]
    public void A_drained_connection_is_not_asked_again_before_its_next_event()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.PeerSend("abc"u8);
        test.Read(connection).ShouldBe(ReadStatus.Data);
        test.Turn();
        int calls = connection.CallCount;
        connection.Consume(3);
        ValueTask<ReadStatus> reading = connection.ReadAsync(Connection.NoTimeout);
        connection.CallCount.ShouldBeLessThanOrEqualTo(calls + 1);
        connection.Close();
        test.Result(reading).ShouldBe(ReadStatus.Aborted);
    }

    [Fact]
    public void Octets_and_the_end_in_one_event_are_both_read()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        ValueTask<ReadStatus> reading = connection.ReadAsync(1000);
        connection.PeerSend("last"u8);
        connection.PeerEnd();
        test.Result(reading).ShouldBe(ReadStatus.Data);
        connection.IsPeerClosing.ShouldBeTrue();
        connection.Consume(4);
        ValueTask<ReadStatus> end = connection.ReadAsync(1000);
        end.IsCompletedSuccessfully.ShouldBeTrue("No other event would come.");
        end.Result.ShouldBe(ReadStatus.End);
        test.Read(connection).ShouldBe(ReadStatus.End);
        connection.Close();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Short_reads_lose_nothing(int maxReceive)
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.MaxReceive = maxReceive;
        byte[] sent = PinnedOctets.Pattern(500).Octets;
        connection.PeerSend(sent);
        connection.PeerEnd();
        List<byte> received = [];
        while (test.Read(connection) == ReadStatus.Data)
        {
            received.AddRange(connection.Received);
            connection.Consume(connection.ReceivedCount);
        }

        received.ShouldBe(sent);
        connection.Close();
    }

    [Fact]
    public void A_reset_ends_a_read_and_every_later_one()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        ValueTask<ReadStatus> reading = connection.ReadAsync(1000);
        connection.PeerReset();
        test.Result(reading).ShouldBe(ReadStatus.Reset);
        test.Read(connection).ShouldBe(ReadStatus.Reset);
        connection.HasFailed.ShouldBeTrue();
        connection.IsKnownOpen().ShouldBeFalse();
        connection.Close();
    }

    [Fact]
    public void A_full_buffer_grows_once_and_is_then_full()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        byte[] sent = PinnedOctets.Pattern(Loop.LargeBufferOctets + 100).Octets;
        connection.PeerSend(sent);
        ReadStatus status;
        while ((status = test.Read(connection)) == ReadStatus.Data)
        {
        }

        status.ShouldBe(ReadStatus.Full);
        connection.ReceivedCount.ShouldBe(Loop.LargeBufferOctets);
        connection.Received.SequenceEqual(sent.AsSpan(0, Loop.LargeBufferOctets)).ShouldBeTrue();
        test.Loop.SmallBuffers.RentedCount.ShouldBe(0, "The small buffer was given back when it grew.");

        // Room in front is made use of before anything else.
        connection.Consume(1000);
        test.Read(connection).ShouldBe(ReadStatus.Data);
        connection.Received[..^100].SequenceEqual(sent.AsSpan(1000, Loop.LargeBufferOctets - 1000)).ShouldBeTrue();
        connection.Received[^100..].SequenceEqual(sent.AsSpan(Loop.LargeBufferOctets)).ShouldBeTrue();
        connection.Consume(connection.ReceivedCount);
        connection.Close();
    }

    [Fact]
    public void A_body_that_streams_is_read_into_a_large_buffer()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.PeerSend(PinnedOctets.Pattern(40_000).Octets);
        connection.WantsLargeBuffer = true;
        test.Read(connection).ShouldBe(ReadStatus.Data);
        connection.ReceivedCount.ShouldBe(40_000);
        test.Loop.LargeBuffers.RentedCount.ShouldBe(1);
        connection.Consume(40_000);
        connection.WantsLargeBuffer = false;
        connection.Close();
    }

    [Fact]
    public void A_lack_of_memory_pauses_the_read_until_there_is_some()
    {
        using TestLoop test = new(budgetOctets: 1 << 20);
        List<NativeBuffer> all = [];
        while (test.Loop.SmallBuffers.TryRent() is { } buffer)
        {
            all.Add(buffer);
        }

        MemoryConnection connection = test.Connect();
        connection.PeerSend("patience"u8);
        ValueTask<ReadStatus> reading = connection.ReadAsync(60_000);
        test.Advance(100);
        reading.IsCompleted.ShouldBeFalse();
        test.Loop.SmallBuffers.Return(all[0], 0);
        test.Advance(60);
        test.Result(reading).ShouldBe(ReadStatus.Data);
        connection.Received.ToArray().ShouldBe("patience"u8.ToArray());
        connection.Consume(8);
        all.Skip(1).ToList().ForEach(buffer => test.Loop.SmallBuffers.Return(buffer, 0));
        connection.Close();
    }

    [Fact]
    public void A_read_that_starves_still_ends_by_its_deadline()
    {
        using TestLoop test = new(budgetOctets: 0);
        MemoryConnection connection = test.Connect();
        RecordingConnectionObserver observer = new();
        connection.Observer = observer;
        connection.PeerSend("x"u8);
        ValueTask<ReadStatus> reading = connection.ReadAsync(200);
        test.Turn();
        for (int i = 0; i < 12; i++)
        {
            test.Advance(20);
        }

        test.Result(reading).ShouldBe(ReadStatus.TimedOut);
        observer.Unasked.ShouldBe(0, "Nobody sent anything unasked.");
        connection.Close();
    }

    [Fact]
    public void An_idle_connection_that_starved_is_looked_at_again()
    {
        using TestLoop test = new(budgetOctets: 1 << 20);
        List<NativeBuffer> all = [];
        while (test.Loop.SmallBuffers.TryRent() is { } buffer)
        {
            all.Add(buffer);
        }

        MemoryConnection connection = test.Connect();
        RecordingConnectionObserver observer = new();
        connection.Observer = observer;
        connection.PeerSend("request"u8);
        test.Turn();
        connection.TryRead().ShouldBe(ReadStatus.Pending);
        connection.WatchIdle(60_000);
        int before = observer.Unasked;
        all.ForEach(buffer => test.Loop.SmallBuffers.Return(buffer, 0));
        test.Advance(60);
        observer.Unasked.ShouldBe(before + 1, "No other event will come.");
        connection.TryRead().ShouldBe(ReadStatus.Data);
        connection.Consume(7);
        connection.Close();
    }

    [Fact]
    public void An_idle_connection_tells_its_observer_when_its_time_is_over()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        RecordingConnectionObserver observer = new();
        connection.Observer = observer;
        connection.WatchIdle(1000);
        test.Advance(990);
        observer.IdleTimeouts.ShouldBe(0);
        test.Advance(30);
        observer.IdleTimeouts.ShouldBe(1);
        test.Advance(5000);
        observer.IdleTimeouts.ShouldBe(1);
        connection.Close();
    }

    [Fact]
    public void The_observer_is_told_of_what_nobody_asked_for()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        RecordingConnectionObserver observer = new();
        connection.Observer = observer;
        connection.IsKnownOpen().ShouldBeTrue();
        connection.PeerSend("surprise"u8);
        connection.IsKnownOpen().ShouldBeFalse("The peek sees it before the event.");
        test.Turn();
        (observer.Unasked, observer.Gone).ShouldBe((1, 0));
        connection.PeerReset();
        test.Turn();
        (observer.Unasked, observer.Gone).ShouldBe((1, 1));
        connection.Close();
    }
}
