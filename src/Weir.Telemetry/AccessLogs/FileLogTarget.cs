using Microsoft.Win32.SafeHandles;

namespace Weir.Telemetry.AccessLogs;

/// <summary>A file that is appended to, so that several processes and tools that truncate it in place do no harm.</summary>
public sealed class FileLogTarget : IAccessLogTarget
{
    private SafeFileHandle _file;

    private FileLogTarget(string path, SafeFileHandle file)
    {
        Name = path;
        _file = file;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Opens the file, with mode 0640 if it is new; null with the reason when that fails.</summary>
    public static FileLogTarget? TryOpen(string path, out string? error)
    {
        SafeFileHandle? file = NativeFile.OpenForAppend(path, out error);
        return file is null ? null : new FileLogTarget(path, file);
    }

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> octets, out string? error) => NativeFile.Write(_file, octets, out error);

    /// <inheritdoc/>
    public string? Reopen()
    {
        SafeFileHandle? fresh = NativeFile.OpenForAppend(Name, out string? error);
        if (fresh is null)
        {
            return error;
        }

        _file.Dispose();
        _file = fresh;
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
