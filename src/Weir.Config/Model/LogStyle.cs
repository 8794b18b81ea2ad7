namespace Weir.Config.Model;

/// <summary>How messages are written.</summary>
public enum LogStyle
{
    /// <summary>A line for a person.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}
