using Weir.Http.Http2;

namespace Weir.Server.Http2;

/// <summary>
/// Streams that have something to send and may, in the order of RFC 9218 section 10: by urgency, then one after the other, those in turns
/// that said that they are of use in pieces.
/// </summary>
internal sealed class StreamQueue
{
    private readonly Http2Stream?[] _first = new Http2Stream?[StreamPriority.Urgencies];
    private readonly Http2Stream?[] _last = new Http2Stream?[StreamPriority.Urgencies];
    private int _urgencies;

    public bool IsEmpty => _urgencies == 0;

    /// <summary>Who is served next.</summary>
    public Http2Stream? First => _urgencies == 0 ? null : _first[System.Numerics.BitOperations.TrailingZeroCount(_urgencies)];

    public void Add(Http2Stream stream)
    {
        int urgency = stream.Priority.Urgency;
        stream.QueuedUrgency = urgency;
        stream.IsQueued = true;
        stream.PreviousQueued = _last[urgency];
        stream.NextQueued = null;
        if (stream.PreviousQueued is { } previous)
        {
            previous.NextQueued = stream;
        }
        else
        {
            _first[urgency] = stream;
        }

        _last[urgency] = stream;
        _urgencies |= 1 << urgency;
    }

    public void Remove(Http2Stream stream)
    {
        if (!stream.IsQueued)
        {
            return;
        }

        int urgency = stream.QueuedUrgency;
        if (stream.PreviousQueued is { } previous)
        {
            previous.NextQueued = stream.NextQueued;
        }
        else
        {
            _first[urgency] = stream.NextQueued;
        }

        if (stream.NextQueued is { } next)
        {
            next.PreviousQueued = stream.PreviousQueued;
        }
        else
        {
            _last[urgency] = stream.PreviousQueued;
        }

        stream.IsQueued = false;
        stream.NextQueued = null;
        stream.PreviousQueued = null;
        if (_first[urgency] is null)
        {
            _urgencies &= ~(1 << urgency);
        }
    }
}
