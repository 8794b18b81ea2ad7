using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Weir.Abstractions.Async;
using Weir.Abstractions.Exchanges;

namespace Weir.Cache.Collapsing;

/// <summary>
/// Wakes the one waiter of a loop, in a turn of its own, from any thread. A signal that nobody awaits is kept until somebody does, and
/// several are one: a waiter looks again at what it waits for.
/// </summary>
internal sealed class LoopWake : IValueTaskSource
{
    private readonly LoopServices _services;
    private readonly SynchronizationContext? _loop = SynchronizationContext.Current;
    private Action<object?>? _continuation;
    private object? _state;
    private short _version;
    private bool _isWaiting;
    private bool _isComing;
    private bool _isSet;

    /// <summary>For a waiter on the loop that calls.</summary>
    public LoopWake(LoopServices services) => _services = services;

    /// <summary>Waits on the loop; one waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
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
        if (ReferenceEquals(SynchronizationContext.Current, _loop))
        {
            SetHere();
            return;
        }

        _loop!.Post(static state => ((LoopWake)state!).SetHere(), this);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) =>
        _isWaiting ? ValueTaskSourceStatus.Pending : ValueTaskSourceStatus.Succeeded;

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    void IValueTaskSource.GetResult(short token) => _version++;

    private void SetHere()
    {
        _isSet = true;
        if (_isWaiting && !_isComing)
        {
            _isComing = true;
            _services.Observe(ComeAsync());
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask ComeAsync()
    {
        await _services.YieldAsync();
        _isComing = false;
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
}
