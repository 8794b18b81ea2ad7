using Weir.Cache.Purging;

namespace Weir.Cache.Disk;

/// <summary>
/// The directory of one cache: its tier, and the log of its purges. Outlives reloads that do not name another directory. Nothing is touched before it is
/// first used: a configuration that is only checked opens nothing.
/// </summary>
public sealed class CacheDisk : IDisposable
{
    private readonly string _path;
    private readonly IDiskObserver? _observer;
    private readonly Lazy<PurgeList> _purges;
    private IDisposable? _lock;

    /// <summary>A directory for the cache of that name.</summary>
    public CacheDisk(string name, string path, IDiskObserver? observer)
    {
        _path = path;
        _observer = observer;
        Tier = new DiskTier(new DiskSettings(name, path), observer);
        _purges = new Lazy<PurgeList>(OpenPurges);
    }

    /// <summary>What is stored there.</summary>
    public DiskTier Tier { get; }

    /// <summary>What was purged: on disk, or in memory alone where the directory cannot be used; then the tier is not to be started.</summary>
    public PurgeList Purges => _purges.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        Tier.Dispose();
        if (_purges.IsValueCreated)
        {
            _purges.Value.Dispose();
        }

        _lock?.Dispose();
    }

    private PurgeList OpenPurges()
    {
        DiskRefusal refusal;
        try
        {
            DiskFiles files = new(_path);
            if (DiskVolume.WhyForeign(files.Prepare()) is { } foreign)
            {
                refusal = foreign;
            }
            else
            {
                // A process that only waits for the other one's end must not write to its log meanwhile.
                _lock = files.TryLock(DiskVolume.PurgesPrefix + "lock");
                if (_lock is not null)
                {
                    return PurgeList.Open(_path);
                }

                refusal = DiskVolume.Shared;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            refusal = DiskRefusal.Of(exception);
        }

        _observer?.OnTurnedOff(_path, refusal.Reason, refusal.Remedy);
        return new PurgeList();
    }
}
