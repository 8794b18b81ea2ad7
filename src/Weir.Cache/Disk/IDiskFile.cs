namespace Weir.Cache.Disk;

/// <summary>An open file of the tier. Reads may come from several threads; one thread writes. What goes wrong is an IOException.</summary>
internal interface IDiskFile : IDisposable
{
    /// <summary>Reads at a place; 0 behind the end.</summary>
    int Read(Span<byte> octets, long at);

    /// <summary>Writes all of it at a place.</summary>
    void Write(ReadOnlySpan<byte> octets, long at);

    /// <summary>Waits until the disk has what was written.</summary>
    void Flush();

    /// <summary>Cuts off what lies behind so many octets.</summary>
    void Cut(long octets);
}
