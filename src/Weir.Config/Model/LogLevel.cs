namespace Weir.Config.Model;

/// <summary>How important a message is.</summary>
public enum LogLevel
{
    /// <summary>For who looks into Weir itself.</summary>
    Debug,

    /// <summary>What happened.</summary>
    Info,

    /// <summary>What may need attention.</summary>
    Warning,

    /// <summary>What needs attention.</summary>
    Error,
}
