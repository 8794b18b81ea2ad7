using System.IO.Enumeration;

namespace Weir.Config;

/// <summary>The real file system.</summary>
internal sealed class DiskFiles : IConfigFiles
{
    // A glob over a whole disk ends here instead of never.
    private const int MostFolders = 10_000;

    internal static DiskFiles Instance { get; } = new();

    public byte[]? Read(string file, int mostOctets, out string? reason)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] octets = new byte[(int)Math.Min(stream.CanSeek ? stream.Length : mostOctets, mostOctets) + 1];
            int read = stream.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
            reason = read > mostOctets ? $"it is larger than {mostOctets >> 20} MiB" : null;
            return reason is null ? octets[..read] : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            reason = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException => Directory.Exists(file) ? "it is a folder" : "it may not be read",
                _ => "the system refuses it",
            };
            return null;
        }
    }

    public IReadOnlyList<string> Find(string folder, string glob, int most)
    {
        bool isRooted = glob.StartsWith('/');
        string[] segments = glob.Split('/', StringSplitOptions.RemoveEmptyEntries);
        List<string> found = [];
        int folders = 0;
        Walk(isRooted ? "/" : folder, segments, found, most, ref folders);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static void Walk(string folder, ReadOnlySpan<string> segments, List<string> found, int most, ref int folders)
    {
        if (segments.IsEmpty || found.Count >= most || ++folders > MostFolders)
        {
            return;
        }

        bool isAnyDepth = segments[0] == "**";
        if (isAnyDepth)
        {
            Walk(folder, segments[1..], found, most, ref folders);
        }

        foreach (FileSystemInfo entry in List(folder))
        {
            // As in a shell, a name that begins with a dot is matched only by a pattern that begins with one.
            bool isHidden = entry.Name.StartsWith('.') && !segments[0].StartsWith('.');
            if (isHidden || (!isAnyDepth && !FileSystemName.MatchesSimpleExpression(segments[0], entry.Name, ignoreCase: false)))
            {
                continue;
            }

            string path = Path.Combine(folder, entry.Name);
            bool isFolder = entry is DirectoryInfo;
            if (isFolder && !(isAnyDepth && entry.LinkTarget is not null))
            {
                Walk(path, isAnyDepth ? segments : segments[1..], found, most, ref folders);
            }

            if (!isFolder && segments.Length == 1 && !isAnyDepth && found.Count < most)
            {
                found.Add(path);
            }
        }
    }

    private static FileSystemInfo[] List(string folder)
    {
        try
        {
            return new DirectoryInfo(folder.Length == 0 ? "." : folder).GetFileSystemInfos();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
