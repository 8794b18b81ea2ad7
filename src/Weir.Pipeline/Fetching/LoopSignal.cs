using System.Threading.Tasks.Sources;
using Weir.Net.Loops;

namespace Weir.Pipeline.Fetching;

/// <summary>
/// Wakes the one waiter of a loop, in a turn of its own, from any thread. A signal that nobody awaits is kept until somebody does, and
/// several are one: a waiter looks again at what it waits for.
/// </summary>
internal sealed class LoopSignal : ReadyItem, IValueTaskSource
{
    private readonly Loop _loop;
    private Action<object?>? _continuation;
    private object? _state;
    private short _version;
    private bool _isWaiting;
    private bool _isSet;

    public LoopSignal(Loop loop) => _loop = loop;

    /// <summary>Waits on the loop; one waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        _loop.AssertCurrent();
        if (_isSet)
        {
            _isSet = false;
            return default;
        }

        _isWaiting = true;
        return new ValueTask(this, _version);
    }

    /// <summary>Sets the signal, from any thread.</summary>
    public void Set()
    {
        if (_loop.IsCurrent)
        {
            SetHere();
            return;
        }

        _loop.Post(static state => ((LoopSignal)state!).SetHere(), this);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) =>
        _isWaiting ? ValueTaskSourceStatus.Pending : ValueTaskSourceStatus.Succeeded;

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    void IValueTaskSource.GetResult(short token) => _version++;

    /// <inheritdoc/>
    protected override void OnReady()
    {
        if (!_isWaiting)
        {
            return;
        }

        _isWaiting = false;
        _isSet = false;
        Action<object?>? continuation = _continuation;
        object? state = _state;
        _continuation = null;
        _state = null;
        continuation?.Invoke(state);
    }

    private void SetHere()
    {
        _isSet = true;
        if (_isWaiting)
        {
            _loop.Schedule(this);
        }
    }
}
