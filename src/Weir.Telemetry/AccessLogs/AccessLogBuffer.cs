// Hot: two calls for each exchange. No allocation once its blocks are there.
using System.Diagnostics;
using Weir.Telemetry.Counting;

namespace Weir.Telemetry.AccessLogs;

/// <summary>
/// One loop's end of the access log: lines are formatted straight into a block, and whole blocks go to the writer's thread. Used by the
/// loop's thread only, unless said otherwise. It never waits: when the writer has all blocks, the line is lost and counted.
/// </summary>
public sealed class AccessLogBuffer
{
    /// <summary>The room that <see cref="Reserve"/> gives: the longest line, line feed included.</summary>
    public const int MaxLineOctets = 8 * 1024;

    private const int MaxAgeMs = 250;

    private readonly AccessLogPump _pump;
    private readonly LoopCounters _counters;
    private readonly int _maxBlocks;
    private LogBlock? _block;
    private int _blocksMade;

    internal AccessLogBuffer(AccessLogPump pump, LoopCounters counters, int maxBlocks)
    {
        _pump = pump;
        _counters = counters;
        _maxBlocks = maxBlocks;
        Full = new BlockRing(maxBlocks);
        Free = new BlockRing(maxBlocks);
    }

    /// <summary>
    /// When <see cref="Tick"/> will hand lines over, in the milliseconds of the loop's clock; long.MaxValue when there are none.
    /// </summary>
    public long DueMs { get; private set; } = long.MaxValue;

    internal BlockRing Full { get; }

    internal BlockRing Free { get; }

    /// <summary>Room for one line of <see cref="MaxLineOctets"/>; empty when the line is lost, which has then been counted.</summary>
    public Span<byte> Reserve()
    {
        if (_block is { } block && LogBlock.Octets - block.Length >= MaxLineOctets)
        {
            return block.Bytes.AsSpan(block.Length, MaxLineOctets);
        }

        return ReserveInNewBlock();
    }

    /// <summary>
    /// Keeps the line that was written to the beginning of what <see cref="Reserve"/> returned. It ends with a line feed.
    /// </summary>
    public void Commit(int length, long nowMs)
    {
        LogBlock block = _block!;
        Debug.Assert(length is > 0 and <= MaxLineOctets && block.Bytes[block.Length + length - 1] == (byte)'\n',
            "A line ends with a line feed.");
        if (block.Length == 0)
        {
            DueMs = nowMs + MaxAgeMs;
        }

        block.Length += length;
        _counters.Add(Counter.AccessLogLines);
    }

    /// <summary>Called once per batch of events: hands over lines that have waited for 250 ms.</summary>
    public void Tick(long nowMs)
    {
        if (nowMs >= DueMs)
        {
            Flush();
        }
    }

    /// <summary>Hands over what there is: when the loop is about to end, or by another thread once it has ended.</summary>
    public void Flush()
    {
        if (_block is not { Length: > 0 } block)
        {
            return;
        }

        _block = null;
        DueMs = long.MaxValue;
        Full.Add(block);
        _pump.Wake();
    }

    private Span<byte> ReserveInNewBlock()
    {
        Flush();
        _block = Free.Take() ?? MakeBlock();
        if (_block is null)
        {
            _counters.Add(Counter.AccessLogLinesDropped);
            _pump.NoteDropped();
            return default;
        }

        return _block.Bytes.AsSpan(0, MaxLineOctets);
    }

    // Blocks are made as they are needed: a loop that logs little keeps one or two.
    private LogBlock? MakeBlock()
    {
        if (_blocksMade == _maxBlocks)
        {
            return null;
        }

        _blocksMade++;
        return new LogBlock();
    }
}
