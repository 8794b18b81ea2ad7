using Weir.Telemetry.Events;

namespace Weir.Tests;

/// <summary>The names of the events that an operator would read.</summary>
internal sealed class KeptEvents : ILogSink
{
    public List<string> Names { get; } = [];

    public bool TryWrite(LogRecord record)
    {
        if (record.Event.Name != "suppressed")
        {
            Names.Add(record.Event.Name);
        }

        return true;
    }
}
