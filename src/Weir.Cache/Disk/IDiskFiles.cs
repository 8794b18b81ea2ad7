namespace Weir.Cache.Disk;

/// <summary>The directory of a tier, as far as it is used; tests put faults into it. What goes wrong is an IOException.</summary>
internal interface IDiskFiles
{
    /// <summary>Makes the directory for nobody else, unless it is there, and lists the names in it.</summary>
    IReadOnlyList<string> Prepare();

    /// <summary>Keeps other processes away until it is disposed; null: another one does so.</summary>
    IDisposable? TryLock(string name);

    /// <summary>A whole small file; null: it is not there, or larger.</summary>
    byte[]? ReadAll(string name, int mostOctets);

    /// <summary>Puts a file in the place of an older one at once, or fails and leaves the older one.</summary>
    void Replace(string name, ReadOnlySpan<byte> octets);

    /// <summary>Opens a file for reading and writing, and makes it for nobody else where it is missing.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="octets">Room to set aside for a new one; 0: none.</param>
    IDiskFile Open(string name, long octets);

    /// <summary>Removes a file; harmless where there is none.</summary>
    void Delete(string name);
}
