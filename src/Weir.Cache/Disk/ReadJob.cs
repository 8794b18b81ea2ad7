namespace Weir.Cache.Disk;

/// <summary>Something to be read on a thread that may wait for the disk.</summary>
internal abstract class ReadJob
{
    /// <summary>Does it; must not throw.</summary>
    public abstract void Run(EntryBuffer room);
}
