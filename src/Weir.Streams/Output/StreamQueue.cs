using Weir.Http.Http2;

namespace Weir.Streams.Output;

/// <summary>
/// Streams that have something to send and may, in the order of RFC 9218 section 10: by urgency, then in turns, but by their numbers those
/// that are of use only as a whole.
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

    /// <summary>Puts one behind the others of its urgency, or where its number belongs.</summary>
    public void Add(StreamSender sender)
    {
        int urgency = sender.Priority.Urgency;
        sender.QueuedUrgency = urgency;
        sender.IsQueued = true;
        StreamSender? previous = _last[urgency];
        while (sender.IsOrdered && previous is { IsOrdered: true } && previous.StreamId > sender.StreamId)
        {
            previous = previous.PreviousQueued;
        }

        StreamSender? next = previous is null ? _first[urgency] : previous.NextQueued;
        sender.PreviousQueued = previous;
        sender.NextQueued = next;
        if (previous is null)
        {
            _first[urgency] = sender;
        }
        else
        {
            previous.NextQueued = sender;
        }

        if (next is null)
        {
            _last[urgency] = sender;
        }
        else
        {
            next.PreviousQueued = sender;
        }

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
