using Weir.Http.Http2;

namespace Weir.Server.Http2;

/// <summary>
/// Priorities of streams that are still to come (RFC 9218 section 7.1), the newest few: who sends more of them than it opens streams loses
/// the oldest.
/// </summary>
internal sealed class EarlyPriorities
{
    private const int Kept = 16;

    private readonly (int StreamId, StreamPriority Priority)[] _kept = new (int, StreamPriority)[Kept];
    private int _next;

    /// <summary>Keeps one; a later one for the same stream replaces it.</summary>
    public void Add(int streamId, StreamPriority priority)
    {
        int at = IndexOf(streamId);
        if (at < 0)
        {
            at = _next;
            _next = (_next + 1) % Kept;
        }

        _kept[at] = (streamId, priority);
    }

    /// <summary>Takes that of a stream which opens now.</summary>
    public bool TryTake(int streamId, out StreamPriority priority)
    {
        int at = IndexOf(streamId);
        if (at < 0)
        {
            priority = default;
            return false;
        }

        priority = _kept[at].Priority;
        _kept[at] = default;
        return true;
    }

    private int IndexOf(int streamId)
    {
        for (int i = 0; i < Kept; i++)
        {
            if (_kept[i].StreamId == streamId)
            {
                return i;
            }
        }

        return -1;
    }
}
