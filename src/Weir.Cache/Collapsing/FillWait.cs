using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Weir.Abstractions.Async;
using Weir.Abstractions.Exchanges;

namespace Weir.Cache.Collapsing;

/// <summary>
/// One that waits for a fill, on its own loop: what ends the wait comes there as a message, so that nothing else than the loop touches it.
/// </summary>
internal sealed class FillWait : IValueTaskSource<FillHead?>
{
    private readonly SynchronizationContext _loop;
    private ManualResetValueTaskSourceCore<FillHead?> _source;
    private bool _isOver;

    // Written before the message is sent, read when it arrives.
    private FillHead? _told;

    /// <summary>A wait on the loop that calls.</summary>
    public FillWait(LoopServices loop, int mostMs)
    {
        _loop = SynchronizationContext.Current!;
        loop.Observe(EndLaterAsync(loop, mostMs));
    }

    public ValueTask<FillHead?> Task => new(this, _source.Version);

    /// <summary>Ends the wait; from any thread.</summary>
    public void Tell(FillHead head)
    {
        _told = head;
        _loop.Post(static state => ((FillWait)state!).End(((FillWait)state)._told), this);
    }

    // The timer keeps this until the wait would have been over: what it brought is not kept with it.
    FillHead? IValueTaskSource<FillHead?>.GetResult(short token)
    {
        FillHead? head = _source.GetResult(token);
        _source.Reset();
        _told = null;
        return head;
    }

    ValueTaskSourceStatus IValueTaskSource<FillHead?>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<FillHead?>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask EndLaterAsync(LoopServices loop, int mostMs)
    {
        await loop.DelayAsync(mostMs);
        End(null);
    }

    private void End(FillHead? head)
    {
        if (!_isOver)
        {
            _isOver = true;
            _source.SetResult(head);
        }
    }
}
