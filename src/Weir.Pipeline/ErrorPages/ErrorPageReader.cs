using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.ErrorPages;

/// <summary>Lends the pieces of a page and, between each two, the request id.</summary>
internal sealed class ErrorPageReader : BodyReader
{
    private readonly PinnedBody[] _pieces;
    private readonly NativeSlice _requestId;
    private readonly PinnedBody? _owner;
    private int _next;

    /// <summary>Begins at the first piece.</summary>
    /// <param name="pieces">The pieces.</param>
    /// <param name="requestId">What stands between them.</param>
    /// <param name="owner">Keeps the request id's memory alive, where the exchange does not.</param>
    /// <param name="piecesLength">Octets of all pieces.</param>
    public ErrorPageReader(PinnedBody[] pieces, NativeSlice requestId, PinnedBody? owner, int piecesLength)
    {
        _pieces = pieces;
        _requestId = requestId;
        _owner = owner;
        Length = BodyLength.Of(piecesLength + ((pieces.Length - 1) * (long)requestId.Length));
    }

    public override BodyLength Length { get; }

    public override ValueTask<BodyRead> ReadAsync()
    {
        // Even numbers are pieces, odd ones the request id; only the last may be lent empty.
        int last = (_pieces.Length - 1) * 2;
        while (_next < last)
        {
            NativeSlice slice = _next % 2 == 0 ? _pieces[_next / 2].Slice : _requestId;
            _next++;
            if (!slice.IsEmpty)
            {
                return new ValueTask<BodyRead>(BodyRead.More(slice));
            }
        }

        GC.KeepAlive(_owner);
        return new ValueTask<BodyRead>(BodyRead.Last(_pieces[^1].Slice));
    }
}
