// Hot: counted for every DATA frame.
namespace Weir.Http.Http2;

/// <summary>A flow-control window (RFC 9113 section 6.9): octets that may still be sent, or that the peer may still send.</summary>
public struct FlowWindow
{
    /// <summary>RFC 9113 section 6.9.1.</summary>
    public const int Largest = int.MaxValue;

    /// <summary>A window of that size.</summary>
    public FlowWindow(int octets) => Octets = octets;

    /// <summary>Octets; below zero after the peer has made the initial size smaller (RFC 9113 section 6.9.2).</summary>
    public int Octets { get; private set; }

    /// <summary>What may be sent now.</summary>
    public readonly int Available => Math.Max(Octets, 0);

    /// <summary>Takes octets that are sent or received; false: there are not so many.</summary>
    public bool TryTake(int octets)
    {
        if (octets > Available)
        {
            return false;
        }

        Octets -= octets;
        return true;
    }

    /// <summary>Opens it; false: it would become larger than it may.</summary>
    public bool TryOpen(int octets) => TryShift(octets);

    /// <summary>Moves it by the difference of two initial sizes; false: it would become larger than it may.</summary>
    public bool TryShift(long difference)
    {
        long octets = Octets + difference;
        if (octets > Largest)
        {
            return false;
        }

        Octets = (int)Math.Max(octets, int.MinValue);
        return true;
    }
}
