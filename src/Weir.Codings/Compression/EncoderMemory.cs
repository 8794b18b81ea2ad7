namespace Weir.Codings.Compression;

/// <summary>A bound on what encoders hold together. Shared by loops; every member is atomic.</summary>
public sealed class EncoderMemory
{
    private readonly long _mostOctets;
    private long _taken;

    /// <summary>A bound.</summary>
    public EncoderMemory(long mostOctets) => _mostOctets = mostOctets;

    /// <summary>Octets that encoders hold now.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Takes some; false when there are not so many left.</summary>
    public bool TryTake(int octets)
    {
        if (Interlocked.Add(ref _taken, octets) <= _mostOctets)
        {
            return true;
        }

        Return(octets);
        return false;
    }

    /// <summary>Gives some back.</summary>
    public void Return(int octets) => Interlocked.Add(ref _taken, -octets);
}
