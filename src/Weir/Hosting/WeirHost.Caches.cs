using Weir.Cache.Collapsing;
using Weir.Cache.Purging;
using Weir.Telemetry.Events;

namespace Weir.Hosting;

/// <summary>The caches of the configuration in force.</summary>
public sealed partial class WeirHost
{
    /// <summary>The caches that modules use, by their names.</summary>
    internal IReadOnlyList<SharedCache> Caches =>
        [.. _modules.OfShared<SharedCache>().OrderBy(cache => cache.Settings.Name, StringComparer.Ordinal)];

    private void ObservePurges()
    {
        foreach (SharedCache cache in Caches)
        {
            string name = cache.Settings.Name;
            cache.Desk.Observer = note => TellPurge(name, note);
            cache.Desk.LogObserver = problem => TellPurgeLog(name, problem);
        }
    }

    private void TellPurgeLog(string cache, string? problem)
    {
        if (problem is null)
        {
            _log.Write(OperatorEvents.CachePurgesWritten, cache);
        }
        else
        {
            _log.Write(OperatorEvents.CachePurgesUnwritten, cache, problem);
        }
    }

    private void TellPurge(string cache, PurgeNote note)
    {
        if (note.Refusal is { } reason)
        {
            _log.Write(OperatorEvents.CachePurgeRefused, note.Who, note.What, cache, reason);
        }
        else if (note.IsCarriedOut)
        {
            _log.Write(OperatorEvents.CachePurgeDone, (long)note.Last, cache, note.What, note.Touched);
        }
        else
        {
            _log.Write(OperatorEvents.CachePurged, note.Who, note.What, cache, note.IsSoft ? "soft" : "hard", (long)note.Last);
        }
    }
}
