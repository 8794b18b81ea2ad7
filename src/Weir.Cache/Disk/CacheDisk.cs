using Weir.Cache.Purging;

namespace Weir.Cache.Disk;

/// <summary>
/// The directory of one cache: its tier, and the log of its purges. Outlives reloads that do not name another directory. Nothing is touched
/// before it is first used: a configuration that is only checked opens nothing. Where the directory cannot be used, because the process
/// before this one still ends or for another reason, the cache goes on in memory, and the tier's thread tries it again.
/// </summary>
public sealed class CacheDisk : IDisposable
{
    private readonly IDiskFiles _files;
    private readonly Lazy<PurgeList> _purges;
    private IDisposable? _lock;

    /// <summary>A directory for the cache of that name.</summary>
    public CacheDisk(string name, string path, IDiskObserver? observer)
        : this(new DiskSettings(name, path), new DiskFiles(path), observer)
    {
    }

    internal CacheDisk(DiskSettings settings, IDiskFiles files, IDiskObserver? observer)
    {
        _files = files;
        _purges = new Lazy<PurgeList>(OpenPurges);
        Tier = new DiskTier(settings, files, observer) { Prepare = Prepare, DurableNumber = () => Purges.DurableLast };
    }

    /// <summary>What is stored there.</summary>
    public DiskTier Tier { get; }

    /// <summary>What was purged: on disk, or in memory until the directory can be used.</summary>
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
        try
        {
            if (WhyNotOwn() is null)
            {
                return PurgeList.Open(_files);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The tier's thread finds the same, and says so.
        }

        return PurgeList.Waiting(_files);
    }

    // On the tier's thread, before it opens the directory: what lies there is of use only with the log of its purges.
    private DiskRefusal? Prepare()
    {
        if (Purges.IsDurable)
        {
            return null;
        }

        if (WhyNotOwn() is { } refusal)
        {
            return refusal;
        }

        Purges.Adopt(_files);
        return null;
    }

    // A process that only waits for the other one's end must not write to its log meanwhile.
    private DiskRefusal? WhyNotOwn()
    {
        IReadOnlyList<string> names = _files.Prepare();
        if ((DiskVolume.WhyForeign(names) ?? DiskVolume.WhyOtherVersion(_files, names)) is { } foreign)
        {
            return foreign;
        }

        _lock ??= _files.TryLock(DiskVolume.PurgesPrefix + "lock");
        return _lock is null ? DiskVolume.Shared : null;
    }
}
