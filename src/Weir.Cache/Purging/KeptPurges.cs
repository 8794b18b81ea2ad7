namespace Weir.Cache.Purging;

/// <summary>What a list held at one time, for a log that is written anew beside it.</summary>
internal readonly struct KeptPurges
{
    private readonly PurgeOrder.Snapshot _exact;
    private readonly ScannedPurge[] _scanned;

    public KeptPurges(PurgeOrder.Snapshot exact, ScannedPurge[] scanned)
    {
        _exact = exact;
        _scanned = scanned;
    }

    /// <summary>
    /// All that have to be written, in the order of their numbers: those that a newer one of the same name stands for are left out. A newer
    /// one that came since does not count, because nobody has written it yet.
    /// </summary>
    public List<LoggedPurge> ListLive()
    {
        List<LoggedPurge> live = new(_exact.Count + _scanned.Length);
        Dictionary<ulong, bool> isHard = [];
        for (int i = _exact.Count - 1; i >= 0; i--)
        {
            LoggedPurge purge = _exact[i];
            bool isKnown = isHard.TryGetValue(purge.Name, out bool isKnownHard);
            if (!isKnown || (!purge.IsSoft && !isKnownHard))
            {
                isHard[purge.Name] = !purge.IsSoft;
                live.Add(purge);
            }
        }

        foreach (ScannedPurge scanned in _scanned)
        {
            live.Add(scanned.Logged);
        }

        live.Sort((one, other) => one.Number.CompareTo(other.Number));
        return live;
    }
}
