namespace Weir.Modules.Access;

/// <summary>What a file looks like from outside: when it differs, the file was written, replaced or taken away.</summary>
/// <param name="WrittenAt">When it was last written.</param>
/// <param name="MadeAt">When it was made: a file that takes the place of another keeps its times at most in part.</param>
/// <param name="Octets">Its length; -1 when there is no such file.</param>
internal readonly record struct ListStamp(DateTime WrittenAt, DateTime MadeAt, long Octets)
{
    /// <summary>The stamp of a file; never throws.</summary>
    public static ListStamp Of(string path)
    {
        try
        {
            FileInfo info = new(path);
            return info.Exists ? new ListStamp(info.LastWriteTimeUtc, info.CreationTimeUtc, info.Length) : new ListStamp(default, default, -1);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new ListStamp(default, default, -1);
        }
    }
}
