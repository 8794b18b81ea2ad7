using Weir.Telemetry.Events;

namespace Weir.InMemory.Tests.Harness;

/// <summary>Keeps the events that an operator would read.</summary>
internal sealed class TakenEvents : ILogSink
{
    private readonly List<LogRecord> _all = [];

    public IReadOnlyList<LogRecord> All => _all;

    public int CountOf(OperatorEvent happened) => _all.Count(record => record.Event == happened);

    public bool TryWrite(LogRecord record)
    {
        _all.Add(record);
        return true;
    }
}
