using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.Memory;
using Weir.Net.Tests.Testing;

namespace Weir.Net.Tests.Connections;

public sealed class WriteTests
{
    [Theory]
    [InlineData(0, 100, 0)]
    [InlineData(50, 0, 0)]
    [InlineData(50, 100, 2)]
    [InlineData(0, 100, 2)]
    [InlineData(50, 0, 2)]
    [InlineData(10_000, 200_000, 7)]
    [InlineData(0, 300_000, 0)]
    [InlineData(60_000, 60_000, 60_000)]
    public void What_gathered_the_slice_and_the_tail_leave_in_order_at_any_pace(int gathered, int slice, int tail)
    {
        foreach (int maxSend in (int[])[1, 3, 4096, 70_000, int.MaxValue])
        {
            if (maxSend < 16 && gathered + slice + tail > 1000)
            {
                continue;
            }

            using TestLoop test = new();
            MemoryConnection connection = test.Connect();
            connection.MaxSend = maxSend;
            PinnedOctets first = PinnedOctets.Pattern(gathered);
            PinnedOctets second = PinnedOctets.Pattern(slice + 1);
            PinnedOctets third = PinnedOctets.Pattern(tail + 2);
            Gather(connection, first.Octets);
            WriteStatus status = test.Result(connection.WriteAsync(second.Slice.Take(slice), third.Slice.Take(tail), 1000));
            status.ShouldBe(WriteStatus.Done);
            byte[] expected = [.. first.Octets, .. second.Octets[..slice], .. third.Octets[..tail]];
            connection.Sent.SequenceEqual(expected).ShouldBeTrue();
            connection.TotalSent.ShouldBe(expected.Length);
            connection.OutputCount.ShouldBe(0);
            connection.Close();
        }
    }

    [Fact]
    public void A_closed_window_keeps_the_offset_at_every_octet()
    {
        PinnedOctets body = PinnedOctets.Pattern(40);
        for (int window = 0; window <= 60; window++)
        {
            using TestLoop test = new();
            MemoryConnection connection = test.Connect();
            connection.OpenWindow(window);
            test.Turn();
            Gather(connection, "0123456789"u8.ToArray());
            PinnedOctets tail = new("\r\n"u8);
            ValueTask<WriteStatus> writing = connection.WriteAsync(body.Slice, tail.Slice, Connection.NoTimeout);
            test.Turn();
            writing.IsCompleted.ShouldBe(window >= 52);
            connection.TotalSent.ShouldBe(Math.Min(window, 52));
            connection.OpenWindow(1000);
            test.Result(writing).ShouldBe(WriteStatus.Done);
            byte[] expected = [.. "0123456789"u8, .. body.Octets, .. "\r\n"u8];
            connection.Sent.SequenceEqual(expected).ShouldBeTrue();
            connection.Close();
        }
    }

    [Fact]
    public void Head_and_body_leave_in_one_call()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        Gather(connection, "head"u8.ToArray());
        PinnedOctets body = new("body"u8);
        test.Result(connection.WriteAsync(body.Slice, default, 1000)).ShouldBe(WriteStatus.Done);
        connection.CallCount.ShouldBe(1);
        connection.Close();
    }

    [Fact]
    public void Output_has_room_once_and_then_asks_for_a_flush()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.OutputSpace(100).Length.ShouldBe(Loop.SmallBufferOctets);
        connection.CommitOutput(Loop.SmallBufferOctets - 50);
        connection.OutputSpace(51).IsEmpty.ShouldBeTrue();
        connection.OutputSpace(50).Length.ShouldBe(50);
        test.Result(connection.FlushAsync(1000)).ShouldBe(WriteStatus.Done);
        connection.OutputSpace(20_000).Length.ShouldBe(Loop.LargeBufferOctets);
        connection.ReleaseEmptyOutput();
        test.Loop.LargeBuffers.RentedCount.ShouldBe(0);
        connection.Close();
    }

    [Fact]
    public void Output_is_empty_when_there_is_no_memory()
    {
        using TestLoop test = new(budgetOctets: 0);
        MemoryConnection connection = test.Connect();
        connection.OutputSpace(10).IsEmpty.ShouldBeTrue();
        connection.Close();
    }

    [Fact]
    public void A_reset_ends_writing_but_what_was_received_stays()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.PeerSend("answer"u8);
        test.Read(connection).ShouldBe(ReadStatus.Data);
        connection.PeerReset();
        PinnedOctets body = new("request"u8);
        test.Result(connection.WriteAsync(body.Slice, default, 1000)).ShouldBe(WriteStatus.Reset);
        test.Result(connection.FlushAsync(1000)).ShouldBe(WriteStatus.Reset);
        connection.Received.ToArray().ShouldBe("answer"u8.ToArray());
        connection.Close();
    }

    [Fact]
    public void Shutting_down_ends_one_direction_only()
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.ShutdownWrite();
        connection.IsShutDown.ShouldBeTrue();
        connection.PeerSend("still"u8);
        test.Read(connection).ShouldBe(ReadStatus.Data);
        connection.Consume(5);
        connection.Close();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Closing_ends_what_waits_in_a_turn_of_its_own(bool reset)
    {
        using TestLoop test = new();
        MemoryConnection connection = test.Connect();
        connection.OpenWindow(0);
        PinnedOctets body = new("never"u8);
        ValueTask<ReadStatus> reading = connection.ReadAsync(1000);
        ValueTask<WriteStatus> writing = connection.WriteAsync(body.Slice, default, 1000);
        connection.Close(reset);
        connection.Close();
        test.Result(reading).ShouldBe(ReadStatus.Aborted);
        test.Result(writing).ShouldBe(WriteStatus.Aborted);
        connection.WasReset.ShouldBe(reset);
        connection.IsClosed.ShouldBeTrue();
        test.Loop.TimerCount.ShouldBe(0);
    }

    private static void Gather(MemoryConnection connection, byte[] octets)
    {
        if (octets.Length > 0)
        {
            octets.CopyTo(connection.OutputSpace(octets.Length));
            connection.CommitOutput(octets.Length);
        }
    }
}
