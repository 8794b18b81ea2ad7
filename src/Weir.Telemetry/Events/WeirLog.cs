using Weir.Telemetry.Counting;

namespace Weir.Telemetry.Events;

/// <summary>
/// Tells operators what happened. Any thread may write: it never blocks, and an event that happens too often is held back and counted.
/// Below the configured level it costs one comparison.
/// </summary>
public sealed class WeirLog
{
    private readonly ILogSink _sink;
    private readonly TimeProvider _time;
    private readonly EventRateLimit _rateLimit;
    private readonly long _startTimestamp;
    private readonly SharedCounters _counters;
    private volatile EventLevel _minimum;

    /// <summary>Writes events of a level and above to a sink; what is lost or held back is counted.</summary>
    public WeirLog(ILogSink sink, EventLevel minimum = EventLevel.Info, TimeProvider? time = null, SharedCounters? counters = null)
    {
        _sink = sink;
        _minimum = minimum;
        _counters = counters ?? new SharedCounters();
        _time = time ?? TimeProvider.System;
        _startTimestamp = _time.GetTimestamp();
        _rateLimit = new EventRateLimit(OperatorEvents.All.Count);
    }

    /// <summary>A log that nobody reads.</summary>
    public static WeirLog Silent { get; } = new(new SilentSink(), EventLevel.Error);

    /// <summary>The lowest level that is written; a reload may change it.</summary>
    public EventLevel Minimum
    {
        get => _minimum;
        set => _minimum = value;
    }

    /// <summary>Events that were lost because the sink had no room.</summary>
    public long Lost => _counters.Read(Counter.EventsDropped);

    /// <summary>Events that the rate limit held back.</summary>
    public long SuppressedCount => _counters.Read(Counter.EventsSuppressed);

    /// <summary>Whether an event would be written, for who would have to prepare its values.</summary>
    public bool IsEnabled(OperatorEvent happened) => happened.Level >= Minimum;

    /// <summary>Writes one event. The values stand for the template's placeholders, in order.</summary>
    public void Write(OperatorEvent happened, params ReadOnlySpan<LogValue> values)
    {
        if (!IsEnabled(happened))
        {
            return;
        }

        long nowMs = (long)_time.GetElapsedTime(_startTimestamp).TotalMilliseconds;
        if (happened.IsAudit)
        {
            Hand(happened, values.ToArray());
            return;
        }

        if (!_rateLimit.TryPass(happened.Index, nowMs, out int heldBack))
        {
            _counters.Add(Counter.EventsSuppressed);
            return;
        }

        if (heldBack > 0)
        {
            Hand(OperatorEvents.Suppressed, [heldBack, happened.Name]);
        }

        Hand(happened, values.ToArray());
    }

    /// <summary>
    /// Says how many events were held back in windows that are over. Called now and then (once a second) by a thread that may allocate.
    /// </summary>
    public void FlushSuppressed()
    {
        long nowMs = (long)_time.GetElapsedTime(_startTimestamp).TotalMilliseconds;
        foreach (OperatorEvent happened in OperatorEvents.All)
        {
            if (_rateLimit.TakeHeldBack(happened.Index, nowMs) is var heldBack and > 0)
            {
                Hand(OperatorEvents.Suppressed, [heldBack, happened.Name]);
            }
        }
    }

    private void Hand(OperatorEvent happened, LogValue[] values)
    {
        if (!_sink.TryWrite(new LogRecord(happened, _time.GetUtcNow().ToUnixTimeMilliseconds(), values)))
        {
            _counters.Add(Counter.EventsDropped);
        }
    }

    private sealed class SilentSink : ILogSink
    {
        public bool TryWrite(LogRecord record) => true;
    }
}
