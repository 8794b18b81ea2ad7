namespace Weir.Telemetry.Events;

/// <summary>How events are written.</summary>
public enum LogFormat : byte
{
    /// <summary>One line for a person: time level name: message — remedy.</summary>
    Text,

    /// <summary>One JSON object a line, for machines.</summary>
    Json,

    /// <summary>As text, behind the priority that systemd's journal reads, such as &lt;4&gt; for a warning (sd-daemon(3)).</summary>
    Journal,
}
