namespace Weir.Pipeline.Plans;

/// <summary>A file as it was when a module was made from it: another length or time, another module.</summary>
internal readonly record struct FileStamp(string Path, long Length, DateTime WrittenUtc)
{
    public static FileStamp Of(string path)
    {
        FileInfo file = new(path);
        return file.Exists ? new FileStamp(path, file.Length, file.LastWriteTimeUtc) : new FileStamp(path, -1, default);
    }

    public bool IsCurrent => Of(Path) == this;
}
