// Hot where servers are at their limits: one for each exchange that waits, reused.
using System.Threading.Tasks.Sources;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Net.Loops;

namespace Weir.Pipeline.Limiting;

/// <summary>
/// An exchange that waits for a place at a server, in its loop's queue. It leaves the queue once: with a place, with an error, or because
/// its client has gone; then it resumes the exchange in a turn of its own.
/// </summary>
internal sealed class QueuePlace : ReadyItem, IValueTaskSource<PlaceOutcome>, IAbortable
{
    private readonly LoopQueue _queue;
    private Action<object?>? _continuation;
    private object? _state;
    private PlaceOutcome _outcome;
    private bool _isCompleted;

    public QueuePlace(LoopQueue queue) => _queue = queue;

    public PlaceWish Wish;

    /// <summary>Its number in the whole queue of the process: who has the lowest one waits longest.</summary>
    public long Ticket { get; set; }

    public long SinceMs { get; set; }

    public long DeadlineMs { get; set; }

    public bool IsWaiting { get; set; }

    public QueuePlace? Next { get; set; }

    public QueuePlace? Previous { get; set; }

    public short Version { get; private set; }

    /// <summary>Resumes the exchange; it has left the queue.</summary>
    public void Complete(PlaceOutcome outcome)
    {
        _outcome = outcome;
        if (ReferenceEquals(Wish.Exchange.Client.AbortWhenGone, this))
        {
            Wish.Exchange.Client.AbortWhenGone = null;
        }

        _queue.Loop.Schedule(this);
    }

    /// <inheritdoc/>
    public void Abort(ProxyError reason)
    {
        if (IsWaiting)
        {
            _queue.Remove(this);
            Complete(new PlaceOutcome(reason));
        }
    }

    ValueTaskSourceStatus IValueTaskSource<PlaceOutcome>.GetStatus(short token) =>
        _isCompleted ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource<PlaceOutcome>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    PlaceOutcome IValueTaskSource<PlaceOutcome>.GetResult(short token)
    {
        PlaceOutcome outcome = _outcome;
        Version++;
        Wish = default;
        _outcome = default;
        _continuation = null;
        _state = null;
        _isCompleted = false;
        _queue.Return(this);
        return outcome;
    }

    /// <inheritdoc/>
    protected override void OnReady()
    {
        _isCompleted = true;
        _continuation?.Invoke(_state);
    }
}
