namespace Weir.Telemetry.Events;

/// <summary>Where events go. Called by any thread, loops included: it never blocks and never throws.</summary>
public interface ILogSink
{
    /// <summary>Takes a record; false when there is no room, and the record is lost.</summary>
    bool TryWrite(LogRecord record);
}
