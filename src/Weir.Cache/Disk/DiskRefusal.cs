namespace Weir.Cache.Disk;

/// <summary>Why a tier cannot be used now; whoever reads it can act on it.</summary>
internal sealed class DiskRefusal
{
    /// <summary>A reason, and what to do.</summary>
    public DiskRefusal(string reason, string remedy, bool isSoonOver = false)
    {
        Reason = reason;
        Remedy = remedy;
        IsSoonOver = isSoonOver;
    }

    public string Reason { get; }

    public string Remedy { get; }

    /// <summary>Whether it may be over in a moment: it is tried again soon.</summary>
    public bool IsSoonOver { get; }

    /// <summary>What a failure of the file system means.</summary>
    public static DiskRefusal Of(Exception exception) => exception switch
    {
        UnauthorizedAccessException => new(exception.Message, "Give the directory to the user that Weir runs as."),
        DirectoryNotFoundException or FileNotFoundException => new(exception.Message, "Make the directory above it, or mount it again."),
        IOException { HResult: NoSpace } => new("the disk is full", "Free room on it, or lower caches.NAME.disk.size."),
        IOException { HResult: ReadOnly } => new(
            "the file system is read-only", "Mount it writable; look into the system's log for what is wrong with the disk."),
        _ => new(exception.Message, "Look into the system's log for what is wrong with the disk."),
    };

    // The error numbers of Linux, as the platform hands them on.
    private const int NoSpace = 28;
    private const int ReadOnly = 30;
}
