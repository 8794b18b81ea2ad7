using System.Text;
using Weir.Telemetry.Events;

namespace Weir.Telemetry.Tests.Events;

/// <summary>Keeps what was logged; has room for as many records as the test says.</summary>
internal sealed class RecordingSink : ILogSink
{
    public List<LogRecord> Records { get; } = [];

    public int Room { get; set; } = int.MaxValue;

    public IEnumerable<string> Names => Records.Select(record => record.Event.Name);

    public string Text
    {
        get
        {
            StringBuilder text = new();
            Records.ForEach(record => LogRendering.WriteText(record, text));
            return text.ToString();
        }
    }

    public bool TryWrite(LogRecord record)
    {
        if (Records.Count >= Room)
        {
            return false;
        }

        Records.Add(record);
        return true;
    }
}
