using Weir.Abstractions.Files;

namespace Weir.Pipeline.Plans;

/// <summary>A file as it was when a module was made from it: what looks otherwise now makes another module.</summary>
internal readonly record struct FileStamp(string Path, FileMark Mark)
{
    public static FileStamp Of(string path) => new(path, FileMark.Of(path));

    public bool IsCurrent => Of(Path) == this;
}
