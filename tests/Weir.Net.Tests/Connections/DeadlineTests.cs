using Weir.Net.Connections;
using Weir.Net.Memory;
using Weir.Net.Tests.Testing;

namespace Weir.Net.Tests.Connections;

public sealed class DeadlineTests
{
    private const int SlotMs = 17;

    [Fact]
    public void A_read_ends_at_its_deadline_and_the_connection_stays_usable()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        ValueTask<ReadStatus> reading = connection.ReadAsync(100);
        test.Advance(99);
        reading.IsCompleted.ShouldBeFalse();
        test.Advance(SlotMs + 1);
        test.Result(reading).ShouldBe(ReadStatus.TimedOut);
        connection.PeerSend("late"u8);
        test.Read(connection).ShouldBe(ReadStatus.Data);
        connection.Consume(4);
        connection.Close();
    }

    [Fact]
    public void Deadlines_of_read_and_write_are_independent()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.OpenWindow(0);
        PinnedOctets body = new("x"u8);
        ValueTask<ReadStatus> reading = connection.ReadAsync(300);
        ValueTask<WriteStatus> writing = connection.WriteAsync(body.Slice, default, 100);
        test.Advance(150);
        test.Result(writing).ShouldBe(WriteStatus.TimedOut);
        reading.IsCompleted.ShouldBeFalse();
        test.Advance(200);
        test.Result(reading).ShouldBe(ReadStatus.TimedOut);
        connection.Close();
    }

    [Fact]
    public void A_longer_write_deadline_does_not_delay_a_shorter_read_deadline()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.OpenWindow(0);
        PinnedOctets body = new("x"u8);
        ValueTask<WriteStatus> writing = connection.WriteAsync(body.Slice, default, 10_000);
        ValueTask<ReadStatus> reading = connection.ReadAsync(50);
        test.Advance(50 + SlotMs);
        test.Result(reading).ShouldBe(ReadStatus.TimedOut);
        writing.IsCompleted.ShouldBeFalse();
        test.Advance(10_000);
        test.Result(writing).ShouldBe(WriteStatus.TimedOut);
        connection.Close();
    }

    [Fact]
    public void A_peer_that_takes_octets_now_and_then_moves_the_write_deadline()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.OpenWindow(0);
        PinnedOctets body = PinnedOctets.Pattern(10);
        ValueTask<WriteStatus> writing = connection.WriteAsync(body.Slice, default, 100);
        for (int i = 0; i < 9; i++)
        {
            test.Advance(80);
            writing.IsCompleted.ShouldBeFalse();
            connection.OpenWindow(1);
            test.Turn();
        }

        connection.TotalSent.ShouldBe(9);
        test.Advance(100 + SlotMs);
        test.Result(writing).ShouldBe(WriteStatus.TimedOut);
        connection.Close();
    }

    [Fact]
    public void A_cancelled_read_ends_in_a_turn_of_its_own_and_can_be_repeated()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.CancelRead();
        ValueTask<ReadStatus> reading = connection.ReadAsync(1000);
        List<string> order = [];
        test.Loop.Post(() =>
        {
            connection.CancelRead();
            order.Add("cancelled");
        });
        Task<ReadStatus> observed = reading.AsTask();
        test.Turn();
        order.Add(observed.IsCompleted ? "resumed" : "waits");
        order.ShouldBe(["cancelled", "resumed"]);
        observed.Result.ShouldBe(ReadStatus.TimedOut);
        connection.PeerSend("x"u8);
        test.Read(connection).ShouldBe(ReadStatus.Data);
        connection.Consume(1);
        connection.Close();
    }

    [Fact]
    public void An_abort_from_elsewhere_resumes_both_directions_not_inline()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.OpenWindow(0);
        PinnedOctets body = new("x"u8);
        bool isInAbort = false;
        List<bool> inline = [];
        _ = Follow(connection.ReadAsync(1000), () => inline.Add(isInAbort));
        _ = Follow(connection.WriteAsync(body.Slice, default, 1000), () => inline.Add(isInAbort));
        isInAbort = true;
        connection.Abort();
        isInAbort = false;
        inline.ShouldBeEmpty();
        test.TurnUntil(() => inline.Count == 2);
        inline.ShouldBe([false, false]);
        test.Read(connection).ShouldBe(ReadStatus.Aborted);
        test.Result(connection.WriteAsync(body.Slice, default, 1000)).ShouldBe(WriteStatus.Aborted);
        connection.Close();
    }

    [Fact]
    public void Waiting_without_a_deadline_arms_no_timer()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        ValueTask<ReadStatus> reading = connection.ReadAsync(Connection.NoTimeout);
        test.Loop.TimerCount.ShouldBe(0);
        connection.Close();
        test.Result(reading).ShouldBe(ReadStatus.Aborted);
    }

    private static async Task Follow<T>(ValueTask<T> task, Action then)
    {
        await task;
        then();
    }
}
