namespace Weir.Pipeline.Health;

/// <summary>The last changes of a server's health. Any thread; changes are rare, so a lock will do.</summary>
public sealed class HealthHistory
{
    private const int Kept = 64;

    private readonly Lock _lock = new();
    private readonly Queue<HealthEvent> _events = new(Kept);

    /// <summary>Notes a change; the oldest one gives way.</summary>
    public void Add(HealthEvent change)
    {
        lock (_lock)
        {
            if (_events.Count == Kept)
            {
                _events.Dequeue();
            }

            _events.Enqueue(change);
        }
    }

    /// <summary>The changes, oldest first.</summary>
    public IReadOnlyList<HealthEvent> ToList()
    {
        lock (_lock)
        {
            return [.. _events];
        }
    }
}
