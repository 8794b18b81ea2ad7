namespace Weir.Telemetry.Events;

/// <summary>How events are written.</summary>
public enum LogFormat : byte
{
    /// <summary>One line for a person: time level name: message — remedy.</summary>
    Text,

    /// <summary>One JSON object a line, for machines.</summary>
    Json,
}
