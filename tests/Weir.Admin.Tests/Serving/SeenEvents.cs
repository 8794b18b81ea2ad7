using System.Collections.Concurrent;
using Weir.Telemetry.Events;

namespace Weir.Admin.Tests.Serving;

/// <summary>What operators would have read.</summary>
internal sealed class SeenEvents : ILogSink
{
    private readonly ConcurrentQueue<LogRecord> _records = new();

    public IEnumerable<string> Names => _records.Select(record => record.Event.Name);

    public bool TryWrite(LogRecord record)
    {
        _records.Enqueue(record);
        return true;
    }
}
