using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Modules.Cache;

/// <summary>
/// Several parts of a response that is kept in slices, as multipart/byteranges (RFC 9110 section 14.6): one after the other, each from the
/// slices it touches. Belongs to an exchange and ends with it.
/// </summary>
internal sealed class SlicedParts : BodyReader, IDisposable
{
    private readonly Func<ByteRange, SlicedBody> _open;
    private readonly ByteRange[] _parts;
    private readonly PartTexts _texts;
    private SlicedBody? _now;
    private int _part;
    private bool _isInside;

    private SlicedParts(Func<ByteRange, SlicedBody> open, ByteRange[] parts, PartTexts texts)
    {
        _open = open;
        _parts = parts;
        _texts = texts;
    }

    public override BodyLength Length => BodyLength.Of(_texts.Octets);

    /// <summary>Makes a loaded 200 the 206 with the parts that its request asks for.</summary>
    /// <param name="exchange">The exchange, whose response is the 200.</param>
    /// <param name="octets">Octets of the whole.</param>
    /// <param name="open">Begins to read a part.</param>
    /// <returns>Null, or why the first part cannot be read: nothing has been sent yet.</returns>
    public static ValueTask<ProxyError?> ServeAsync(Exchange exchange, long octets, Func<ByteRange, SlicedBody> open)
    {
        Span<ByteRange> parts = stackalloc ByteRange[RangeSet.MostParts];
        RangeSet.Read(exchange.Request.Fields, octets, parts, out int count);
        PartTexts texts = PartTexts.Begin(exchange, parts[..count], octets);
        SlicedParts body = new(open, parts[..count].ToArray(), texts);
        body._now = open(parts[0]);
        exchange.ReleaseAtEnd(body);
        exchange.ResponseBody = body;
        return body._now.OpenAsync();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public override async ValueTask<BodyRead> ReadAsync()
    {
        if (!_isInside)
        {
            if (_part > 0)
            {
                _now!.Dispose();
                _now = null;
            }

            NativeSlice text = _texts.Before(_part);
            _isInside = true;
            return _part == _parts.Length ? BodyRead.Last(text) : BodyRead.More(text);
        }

        if (_now is null)
        {
            _now = _open(_parts[_part]);
            if (await _now.OpenAsync() is { } error)
            {
                return BodyRead.Failed(error);
            }
        }

        BodyRead read = await _now.ReadAsync();
        if (read.Error is not null || !read.IsEnd)
        {
            return read;
        }

        // The slice that lends these octets is held until the next call.
        _part++;
        _isInside = false;
        return BodyRead.More(read.Data);
    }

    public override void Cancel() => _now?.Cancel();

    public void Dispose() => _now?.Dispose();
}
