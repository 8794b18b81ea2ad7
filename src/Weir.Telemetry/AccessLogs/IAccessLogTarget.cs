namespace Weir.Telemetry.AccessLogs;

/// <summary>
/// Where access log lines end up: a file, standard output, or a fake in tests. Used by the writer's thread only, but for its name.
/// </summary>
public interface IAccessLogTarget : IDisposable
{
    /// <summary>How the operator named it.</summary>
    string Name { get; }

    /// <summary>
    /// Writes some of the octets and returns how many, at least one; or 0 with the reason when none could be written. It may block.
    /// </summary>
    int Write(ReadOnlySpan<byte> octets, out string? error);

    /// <summary>
    /// Opens it anew by its name. Null when that succeeded or there is nothing to open; else the reason, and it goes on as before.
    /// </summary>
    string? Reopen();
}
