namespace Weir.Pipeline.Forwarding;

/// <summary>How much of a turn one direction of one connection has used. A value that changes: a local of its pump.</summary>
internal struct TurnShare
{
    private const int OctetsPerTurn = 256 * 1024;

    private int _used;

    /// <summary>Counts what was moved. True: the share is used up, and others come first now.</summary>
    public bool IsUsedUpBy(int octets)
    {
        _used += octets;
        if (_used < OctetsPerTurn)
        {
            return false;
        }

        _used = 0;
        return true;
    }
}
