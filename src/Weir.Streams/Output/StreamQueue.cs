using Weir.Http.Http2;

namespace Weir.Streams.Output;

/// <summary>
/// Streams that have something to send and may, in the order of RFC 9218 section 10: by urgency, then one after the other, those in turns
/// that said that they are of use in pieces.
/// </summary>
public sealed class StreamQueue
{
    private readonly StreamSender?[] _first = new StreamSender?[StreamPriority.Urgencies];
    private readonly StreamSender?[] _last = new StreamSender?[StreamPriority.Urgencies];
    private int _urgencies;

    /// <summary>Whether nobody waits.</summary>
    public bool IsEmpty => _urgencies == 0;

    /// <summary>Who is served next.</summary>
    public StreamSender? First => _urgencies == 0 ? null : _first[System.Numerics.BitOperations.TrailingZeroCount(_urgencies)];

    /// <summary>Puts one behind the others of its urgency.</summary>
    public void Add(StreamSender sender)
    {
        int urgency = sender.Priority.Urgency;
        sender.QueuedUrgency = urgency;
        sender.IsQueued = true;
        sender.PreviousQueued = _last[urgency];
        sender.NextQueued = null;
        if (sender.PreviousQueued is { } previous)
        {
            previous.NextQueued = sender;
        }
        else
        {
            _first[urgency] = sender;
        }

        _last[urgency] = sender;
        _urgencies |= 1 << urgency;
    }

    /// <summary>Takes one out; harmless when it is not there.</summary>
    public void Remove(StreamSender sender)
    {
        if (!sender.IsQueued)
        {
            return;
        }

        int urgency = sender.QueuedUrgency;
        if (sender.PreviousQueued is { } previous)
        {
            previous.NextQueued = sender.NextQueued;
        }
        else
        {
            _first[urgency] = sender.NextQueued;
        }

        if (sender.NextQueued is { } next)
        {
            next.PreviousQueued = sender.PreviousQueued;
        }
        else
        {
            _last[urgency] = sender.PreviousQueued;
        }

        sender.IsQueued = false;
        sender.NextQueued = null;
        sender.PreviousQueued = null;
        if (_first[urgency] is null)
        {
            _urgencies &= ~(1 << urgency);
        }
    }
}
