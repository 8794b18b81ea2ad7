using System.Threading.Tasks.Sources;

namespace Weir.Cache.Disk;

/// <summary>What a loop waits for while another thread works: the answer comes to that loop as a message.</summary>
/// <typeparam name="T">The answer.</typeparam>
internal sealed class LoopAnswer<T> : IValueTaskSource<T>
{
    private readonly SynchronizationContext? _loop = SynchronizationContext.Current;
    private ManualResetValueTaskSourceCore<T> _source;

    // Written before the message is sent, read when it arrives.
    private T? _told;

    /// <summary>To be awaited once, on the loop that made it.</summary>
    public ValueTask<T> Task => new(this, _source.Version);

    /// <summary>Ends the wait; from any thread, once.</summary>
    public void Tell(T answer)
    {
        _told = answer;
        if (_loop is null)
        {
            _source.SetResult(answer);
            return;
        }

        _loop.Post(static state => ((LoopAnswer<T>)state!).End(), this);
    }

    T IValueTaskSource<T>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void End() => _source.SetResult(_told!);
}
