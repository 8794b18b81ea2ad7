using System.Threading.Tasks.Sources;
using Weir.Net.Time;

namespace Weir.Net.Loops;

/// <summary>A reusable task: completes in the next turn, or after a delay.</summary>
internal sealed class YieldNode : LoopTimer, IValueTaskSource
{
    private readonly Loop _loop;
    private Action<object?>? _continuation;
    private object? _state;
    private bool _isCompleted;

    public YieldNode(Loop loop) => _loop = loop;

    public short Version { get; private set; }

    public YieldNode? NextFree { get; set; }

    public void StartDelay(int delayMs) => _loop.Arm(this, delayMs);

    public ValueTaskSourceStatus GetStatus(short token) => _isCompleted ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    public void GetResult(short token)
    {
        Version++;
        _isCompleted = false;
        _continuation = null;
        _state = null;
        _loop.ReturnYield(this);
    }

    protected internal override void OnReady()
    {
        _isCompleted = true;
        _continuation?.Invoke(_state);
    }

    protected internal override void OnDue() => _loop.Schedule(this);
}
