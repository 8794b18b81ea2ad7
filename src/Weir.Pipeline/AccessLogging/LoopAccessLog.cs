// Hot: once for each exchange.
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Finishing;
using Weir.Telemetry.AccessLogs;

namespace Weir.Pipeline.AccessLogging;

/// <summary>One loop's access log: formats the line of an ended exchange into the loop's buffer. Never waits, never allocates.</summary>
public sealed class LoopAccessLog : IExchangeLog
{
    private readonly AccessLogBuffer _buffer;
    private readonly AccessFormat _format;

    /// <summary>For one loop; the format is this loop's own (<see cref="AccessFormat.ForLoop"/>).</summary>
    public LoopAccessLog(AccessLogBuffer buffer, AccessFormat format)
    {
        _buffer = buffer;
        _format = format;
    }

    /// <summary>
    /// When <see cref="Tick"/> has something to do, in milliseconds of the loop's clock: a loop that would sleep longer sets a timer.
    /// </summary>
    public long DueMs => _buffer.DueMs;

    /// <summary>Writes the line of an exchange whose timings are complete.</summary>
    public void Write(Exchange exchange)
    {
        Span<byte> line = _buffer.Reserve();
        if (!line.IsEmpty)
        {
            _buffer.Commit(_format.Write(exchange, line), exchange.Loop.NowMs);
        }
    }

    /// <summary>Called once per batch of events.</summary>
    public void Tick(long nowMs) => _buffer.Tick(nowMs);

    /// <summary>Hands over what there is, when the loop ends.</summary>
    public void Flush() => _buffer.Flush();
}
