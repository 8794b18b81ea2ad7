using Weir.Abstractions.Files;

namespace Weir.Certificates;

/// <summary>A file as it was when it was read.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Mark">What it looked like.</param>
internal readonly record struct WatchedFile(string Path, FileMark Mark)
{
    /// <summary>A file as it is now.</summary>
    public static WatchedFile Of(string path) => new(path, FileMark.Of(path));
}
