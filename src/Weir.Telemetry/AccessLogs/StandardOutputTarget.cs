using Microsoft.Win32.SafeHandles;

namespace Weir.Telemetry.AccessLogs;

/// <summary>Standard output. There is nothing to open anew, and it is not closed.</summary>
public sealed class StandardOutputTarget : IAccessLogTarget
{
    private readonly SafeFileHandle _output = new(NativeFile.StandardOutput, ownsHandle: false);

    /// <inheritdoc/>
    public string Name => "stdout";

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> octets, out string? error) => NativeFile.Write(_output, octets, out error);

    /// <inheritdoc/>
    public string? Reopen() => null;

    /// <inheritdoc/>
    public void Dispose() => _output.Dispose();
}
