// Hot for uploads: keeps what may have to be sent again. One for each exchange object, reused with it.
using System.Buffers;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// Keeps the content of a request while it is sent for the first time, up to a bound, so that it can be sent again whole.
/// </summary>
internal sealed class ReplayBody : BodyReader
{
    // What a buffer of a loop can hold.
    private const int MostInBuffer = 64 * 1024;

    private LoopServices _loop = null!;
    private BodyReader _source = Empty;
    private LoopBuffer? _buffer;
    private byte[]? _large;
    private int _limitOctets;
    private int _keptCount;
    private bool _isWhole;
    private bool _isOverflown;

    public override BodyLength Length => _source.Length;

    public override HeaderFields? Trailers => _source.Trailers;

    /// <summary>Whether all of the content is here.</summary>
    public bool IsWhole => _isWhole && !_isOverflown;

    /// <summary>Octets of it that are here.</summary>
    public int KeptCount => _keptCount;

    private Span<byte> Kept => _buffer is { } buffer ? buffer.Span(0, buffer.Capacity) : _large;

    /// <summary>Begins with a source that nobody else reads from now on.</summary>
    public void Begin(LoopServices loop, BodyReader source, int limitOctets)
    {
        _loop = loop;
        _source = source;
        _limitOctets = limitOctets;
        _keptCount = 0;
        _isWhole = false;
        _isOverflown = false;
    }

    public override ValueTask<BodyRead> ReadAsync()
    {
        ValueTask<BodyRead> reading = _source.ReadAsync();
        return reading.IsCompletedSuccessfully ? new(Keep(reading.Result)) : ReadSlowAsync(reading);
    }

    public override void Cancel() => _source.Cancel();

    /// <summary>A reader of what was kept, from its beginning.</summary>
    public BodyReader OpenAgain() => new PinnedBody(Kept[.._keptCount]).Open();

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        GiveBack();
        _source = Empty;
        _keptCount = 0;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<BodyRead> ReadSlowAsync(ValueTask<BodyRead> reading) => Keep(await reading);

    private BodyRead Keep(BodyRead read)
    {
        _isWhole = read.IsEnd && read.Error is null;
        if (_isOverflown || read.Data.IsEmpty)
        {
            return read;
        }

        int count = _keptCount + read.Data.Length;
        if (count > _limitOctets || !TryGrow(count))
        {
            _isOverflown = true;
            GiveBack();
            return read;
        }

        read.Data.Span.CopyTo(Kept[_keptCount..]);
        _keptCount = count;
        return read;
    }

    private bool TryGrow(int octets)
    {
        if (octets <= Kept.Length)
        {
            return true;
        }

        LoopBuffer? buffer = null;
        byte[]? large = null;
        if (octets <= MostInBuffer)
        {
            buffer = _loop.TryRentBuffer(octets);
        }
        else
        {
            large = ArrayPool<byte>.Shared.Rent(_limitOctets);
        }

        Span<byte> target = buffer is null ? large : buffer.Span(0, buffer.Capacity);
        if (target.IsEmpty)
        {
            return false;
        }

        Kept[.._keptCount].CopyTo(target);
        GiveBack();
        _buffer = buffer;
        _large = large;
        return true;
    }

    private void GiveBack()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _loop.ReturnBuffer(buffer);
        }

        if (_large is { } large)
        {
            _large = null;
            ArrayPool<byte>.Shared.Return(large);
        }
    }
}
