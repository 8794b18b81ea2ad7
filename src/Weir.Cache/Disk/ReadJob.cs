namespace Weir.Cache.Disk;

/// <summary>Something to be read on a thread that may wait for the disk.</summary>
internal abstract class ReadJob
{
    /// <summary>Does it, and says at its end what came of it.</summary>
    public abstract void Run(EntryBuffer room);

    /// <summary>Says that nothing came of it.</summary>
    public abstract void Fail();
}
