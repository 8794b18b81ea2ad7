using System.Text;
using Weir.Telemetry.AccessLogs;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Telemetry.Tests.Events;

namespace Weir.Telemetry.Tests.AccessLogs;

public sealed class AccessLogPumpTests : IDisposable
{
    private const int LinesPerBlock = (LogBlock.Octets - AccessLogBuffer.MaxLineOctets) / 1024;

    private readonly FakeTarget _target = new();
    private readonly RecordingSink _sink = new();
    private readonly CounterSet _counters = new(loops: 2);
    private readonly AccessLogPump _pump;
    private readonly AccessLogBuffer _buffer;
    private int _next;

    public AccessLogPumpTests()
    {
        _pump = new AccessLogPump(_target, _counters, new WeirLog(_sink, EventLevel.Info, new FakeTime()), blocksPerLoop: 2);
        _buffer = _pump.Buffers[0];
    }

    private long Dropped => _counters.Total(Counter.AccessLogLinesDropped);

    public void Dispose()
    {
        _pump.Dispose();
        _target.Dispose();
    }

    [Fact]
    public void Lines_wait_for_250_ms_and_are_then_handed_over()
    {
        _buffer.DueMs.ShouldBe(long.MaxValue);
        Write(1, nowMs: 1000).ShouldBe(1);
        _buffer.DueMs.ShouldBe(1250);
        Write(1, nowMs: 1200).ShouldBe(1);
        _buffer.Tick(1249);
        _pump.Drain(0);
        _target.Text.ShouldBe("");

        _buffer.Tick(1250);
        _pump.Drain(0);
        _target.Lines.Length.ShouldBe(2);
        _buffer.DueMs.ShouldBe(long.MaxValue);
        _counters.Total(Counter.AccessLogLines).ShouldBe(2);
    }

    [Fact]
    public void A_full_block_is_handed_over_at_once()
    {
        Write(LinesPerBlock + 2).ShouldBe(LinesPerBlock + 2);
        _pump.Drain(0);
        _target.Lines.Length.ShouldBeInRange(LinesPerBlock, LinesPerBlock + 1);
        LinesShouldFollowEachOther();
    }

    [Fact]
    public void A_reserved_line_that_is_not_written_leaves_no_trace()
    {
        _buffer.Reserve().Length.ShouldBe(AccessLogBuffer.MaxLineOctets);
        Write(1);
        _buffer.Flush();
        _pump.Drain(0);
        _target.Lines.ShouldHaveSingleItem().ShouldStartWith("0 ");
    }

    [Fact]
    public void A_slow_target_loses_the_newest_lines_and_each_is_counted()
    {
        int kept = Write(500);
        Dropped.ShouldBe(500 - kept);
        kept.ShouldBeInRange(2 * LinesPerBlock, 2 * (LinesPerBlock + 1));
        _pump.Drain(0);
        _target.Lines.Length.ShouldBe(kept);
        LinesShouldFollowEachOther();
        _sink.Names.ShouldBe(["access_log_slow"]);
        _sink.Text.ShouldContain($"{Dropped} lines were lost so far");

        Write(5).ShouldBe(5);
        _buffer.Flush();
        _pump.Drain(1);
        _target.Lines[kept].ShouldStartWith("500 ");
        _target.Lines.Length.ShouldBe(kept + 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Short_writes_are_continued(int maxWrite)
    {
        _target.MaxWrite = maxWrite;
        Write(20).ShouldBe(20);
        _buffer.Flush();
        _pump.Drain(0);
        _target.Lines.Length.ShouldBe(20);
        LinesShouldFollowEachOther();
    }

    [Fact]
    public void A_full_disk_tears_no_line_and_recovers_by_itself()
    {
        _target.Room = 1500;
        Write(10);
        _buffer.Flush();
        _pump.Drain(nowMs: 0);
        _target.Text.Length.ShouldBe(1500);
        int kept = 10 + Write(500);
        Dropped.ShouldBe(510 - kept);
        _pump.Drain(nowMs: 999);
        _counters.Total(Counter.AccessLogWriteErrors).ShouldBe(1);
        _pump.Drain(nowMs: 1000);
        _counters.Total(Counter.AccessLogWriteErrors).ShouldBe(2);

        _target.Room = long.MaxValue;
        _pump.Drain(nowMs: 2000);
        _buffer.Flush();
        _pump.Drain(nowMs: 2001);
        _target.Lines.Length.ShouldBe(kept);
        LinesShouldFollowEachOther();
        _sink.Names.ShouldBe(["access_log_failed", "access_log_failed", "access_log_recovered", "access_log_slow"]);
        _sink.Text.ShouldContain("The access log fake cannot be written: No space left on device — Weir tries again each second");
    }

    [Fact]
    public void A_line_that_the_old_file_has_in_part_is_written_whole_into_the_new_one()
    {
        _target.Room = 1500;
        Write(3);
        _buffer.Flush();
        _pump.Drain(0);
        _target.Room = long.MaxValue;
        _pump.Reopen(nowMs: 1);
        _pump.Drain(nowMs: 1);
        _target.Lines.Select(line => line.Split(' ')[0]).ShouldBe(["1", "2"]);
        _target.Lines.ShouldAllBe(line => line.Length == 1023);
        _sink.Names.ShouldContain("access_log_reopened");
    }

    [Fact]
    public void A_reopen_that_fails_keeps_the_old_file()
    {
        _target.ReopenError = "Permission denied";
        _pump.Reopen(0);
        Write(1);
        _buffer.Flush();
        _pump.Drain(0);
        _target.Lines.Length.ShouldBe(1);
        _sink.Names.ShouldBe(["access_log_reopen_failed"]);
    }

    [Fact]
    public void What_cannot_be_written_at_the_end_is_counted_as_lost()
    {
        _target.Room = 2500;
        int kept = Write(200);
        _buffer.Flush();
        _pump.Finish(0);
        _target.Lines.Count(line => line.Length == 1023).ShouldBe(2);
        Dropped.ShouldBe((200 - kept) + (kept - 2));
    }

    [Fact]
    public void Every_loop_gets_its_turn()
    {
        Write(LinesPerBlock * 2);
        _buffer.Flush();
        AccessLogBuffer other = _pump.Buffers[1];
        "other\n"u8.CopyTo(other.Reserve());
        other.Commit(6, 0);
        other.Flush();
        _pump.Drain(0);
        int at = Array.IndexOf(_target.Lines, "other");
        at.ShouldBeInRange(0, LinesPerBlock + 1);
        _counters.OfLoop(1).Read(Counter.AccessLogLines).ShouldBe(1);
    }

    [Fact]
    public void Blocks_are_used_again_without_allocation()
    {
        Cycle();
        Cycle();
        Cycle().ShouldBe(0);
    }

    // Numbered lines of 1,024 octets; returns how many there was room for.
    private int Write(int lines, long nowMs = 0)
    {
        int kept = 0;
        for (int i = 0; i < lines; i++)
        {
            string number = $"{_next++} ";
            Span<byte> line = _buffer.Reserve();
            if (line.IsEmpty)
            {
                continue;
            }

            line[..1024].Fill((byte)'x');
            Encoding.ASCII.GetBytes(number, line);
            line[1023] = (byte)'\n';
            _buffer.Commit(1024, nowMs);
            kept++;
        }

        return kept;
    }

    private long Cycle()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 300; i++)
        {
            Span<byte> line = _buffer.Reserve();
            line[1023] = (byte)'\n';
            _buffer.Commit(1024, nowMs: 0);
            if (_buffer.DueMs == long.MaxValue || i % 50 == 0)
            {
                _pump.Drain(0);
                _target.Reopen();
            }
        }

        _buffer.Flush();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        _pump.Drain(0);
        return _target.Text.Length > 0 ? allocated : -1;
    }

    private void LinesShouldFollowEachOther()
    {
        long last = -1;
        foreach (string line in _target.Lines)
        {
            line.Length.ShouldBe(1023);
            long number = long.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            number.ShouldBe(last + 1);
            last = number;
        }
    }
}
