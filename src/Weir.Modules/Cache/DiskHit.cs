using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Disk;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>The content of a stored response whose head is in memory and whose body lies on the disk.</summary>
internal sealed class DiskHit : BodyReader
{
    private readonly DiskTier _disk;
    private readonly LoopServices _loop;
    private readonly byte[] _key;
    private readonly ulong _generation;
    private readonly long _octets;
    private long _start;
    private long _length;
    private DiskObject? _opened;
    private DiskBody? _body;
    private bool _isClosed;

    /// <summary>The whole of it.</summary>
    public DiskHit(DiskTier disk, LoopServices loop, in StoredEntry entry)
    {
        _disk = disk;
        _loop = loop;
        _key = entry.Key.ToArray();
        _generation = entry.Generation;
        _octets = entry.BodyOctets;
        _length = _octets;
    }

    public override BodyLength Length => _body?.Length ?? BodyLength.Of(_length);

    /// <summary>Pins the body before anybody is told of it; false: it is no longer there.</summary>
    public async ValueTask<bool> TryOpenAsync()
    {
        _opened = await _disk.OpenAsync(_key, _generation, _octets);
        return _opened is not null;
    }

    /// <summary>Only a part of it is wanted.</summary>
    public void Choose(long start, long length)
    {
        _start = start;
        _length = length;
    }

    public override ValueTask<BodyRead> ReadAsync() => _body is { } body ? body.ReadAsync() : ReadFirstAsync();

    /// <summary>Nobody reads any more.</summary>
    public void Close()
    {
        _isClosed = true;
        if (_body is { } body)
        {
            body.Close();
            return;
        }

        _opened?.Release();
        _opened = null;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<BodyRead> ReadFirstAsync()
    {
        if ((_opened is null && !await TryOpenAsync()) || _isClosed)
        {
            if (_isClosed)
            {
                Close();
            }

            return BodyRead.Failed(ProxyErrors.CacheBroken);
        }

        _body = new DiskBody(_opened!, _loop, _start, _length);
        _opened = null;
        return await _body.ReadAsync();
    }
}
