using Microsoft.Win32.SafeHandles;

namespace Weir.Cache.Disk;

/// <summary>A directory of the file system.</summary>
internal sealed class DiskFiles : IDiskFiles
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnDirectory = OwnFile | UnixFileMode.UserExecute;

    private readonly string _path;

    public DiskFiles(string path) => _path = path;

    public IReadOnlyList<string> Prepare()
    {
        Directory.CreateDirectory(_path, OwnDirectory);
        return [.. Directory.EnumerateFileSystemEntries(_path).Select(entry => Path.GetFileName(entry))];
    }

    public IDisposable? TryLock(string name)
    {
        string path = Path.Combine(_path, name);
        SafeFileHandle handle;
        try
        {
            // Not to be shared: the system takes an advisory lock, which ends with the process however it ends.
            handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException) && File.Exists(path))
        {
            return null;
        }

        File.SetUnixFileMode(handle, OwnFile);
        return handle;
    }

    public byte[]? ReadAll(string name, int mostOctets)
    {
        FileInfo file = new(Path.Combine(_path, name));
        return file.Exists && file.Length <= mostOctets ? File.ReadAllBytes(file.FullName) : null;
    }

    public void Replace(string name, ReadOnlySpan<byte> octets)
    {
        string path = Path.Combine(_path, name);
        string part = path + ".new";
        FileStreamOptions options = new()
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = OwnFile,
        };
        using (FileStream stream = new(part, options))
        {
            stream.Write(octets);
            stream.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: true);
    }

    public IDiskFile Open(string name, long octets)
    {
        string path = Path.Combine(_path, name);
        FileShare shared = FileShare.ReadWrite | FileShare.Delete;
        if (File.Exists(path))
        {
            return new OpenFile(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, shared));
        }

        // Room is set aside now, so that a full disk is known before a segment is begun.
        SafeFileHandle handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, shared, FileOptions.None, octets);
        File.SetUnixFileMode(handle, OwnFile);
        return new OpenFile(handle);
    }

    public void Delete(string name) => File.Delete(Path.Combine(_path, name));

    private sealed class OpenFile : IDiskFile
    {
        private readonly SafeFileHandle _handle;

        public OpenFile(SafeFileHandle handle) => _handle = handle;

        public int Read(Span<byte> octets, long at) => RandomAccess.Read(_handle, octets, at);

        public void Write(ReadOnlySpan<byte> octets, long at) => RandomAccess.Write(_handle, octets, at);

        public void Flush() => RandomAccess.FlushToDisk(_handle);

        public void Cut(long octets) => RandomAccess.SetLength(_handle, octets);

        public void Dispose() => _handle.Dispose();
    }
}
