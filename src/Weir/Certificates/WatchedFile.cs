namespace Weir.Certificates;

/// <summary>A file as it was when it was read.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Length">In octets; -1: it was not there.</param>
/// <param name="WrittenUtc">When it was written.</param>
/// <param name="Target">What it pointed to, where it is a link: renewals often change only that.</param>
internal readonly record struct WatchedFile(string Path, long Length, DateTime WrittenUtc, string? Target)
{
    /// <summary>A file as it is now.</summary>
    public static WatchedFile Of(string path)
    {
        try
        {
            FileSystemInfo file = new FileInfo(path);
            string? target = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            FileInfo real = target is null ? (FileInfo)file : new FileInfo(target);
            return real.Exists ? new WatchedFile(path, real.Length, real.LastWriteTimeUtc, target) : new WatchedFile(path, -1, default, target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new WatchedFile(path, -1, default, null);
        }
    }
}
