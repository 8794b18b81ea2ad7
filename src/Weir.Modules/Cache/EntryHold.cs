// Hot: one for each hit with content, reused with its body.
using Weir.Abstractions.Exchanges;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>What of the store an exchange reads from, so that it can be cut off where it keeps evicted memory for too long.</summary>
internal sealed class EntryHold : StoreReader
{
    private LaneReaders? _readers;
    private Exchange? _exchange;
    private StoredEntry _entry;

    /// <summary>Whether its client was cut off.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The exchange reads from an entry that it holds.</summary>
    public void Begin(LaneReaders readers, Exchange exchange, in StoredEntry entry)
    {
        _readers = readers;
        _exchange = exchange;
        _entry = entry;
        IsCut = false;
        readers.Add(this);
    }

    /// <summary>It does not any more; a second time is ignored.</summary>
    public void End()
    {
        _readers?.Remove(this);
        _readers = null;
        _exchange = null;
        _entry = default;
    }

    /// <inheritdoc/>
    protected override int CountRetired() => _entry.CountRetired();

    /// <inheritdoc/>
    protected override void Cut()
    {
        IsCut = true;
        CutOff(_exchange!, CountRetired());
    }
}
