using System.Text;
using Weir.Telemetry.Events;

namespace Weir.Tests;

/// <summary>The names of the events that an operator would read.</summary>
internal sealed class KeptEvents : ILogSink
{
    public List<string> Names { get; } = [];

    /// <summary>What would stand in the log.</summary>
    public List<string> Texts { get; } = [];

    public bool TryWrite(LogRecord record)
    {
        if (record.Event.Name != "suppressed")
        {
            Names.Add(record.Event.Name);
            StringBuilder line = new();
            LogRendering.WriteText(record, line);
            Texts.Add(line.ToString());
        }

        return true;
    }
}
