using Weir.Abstractions.Files;

namespace Weir.Modules.Access;

/// <summary>What a file looks like from outside: when it differs, the file was written, replaced or taken away.</summary>
/// <param name="Mark">Its marks.</param>
/// <param name="Version">Of what is no file: how often it has changed.</param>
internal readonly record struct ListStamp(FileMark Mark, int Version = 0)
{
    /// <summary>The stamp of a file; never throws.</summary>
    public static ListStamp Of(string path) => new(FileMark.Of(path));
}
