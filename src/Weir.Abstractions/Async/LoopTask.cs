// Hot: the frames of every suspended exchange come from here.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace Weir.Abstractions.Async;

/// <summary>The frame of a suspended method, and the source of its task. Not thread-safe: it lives on one loop.</summary>
internal abstract class LoopTask<TResult> : IValueTaskSource<TResult>, IValueTaskSource
{
    private Action<object?>? _continuation;
    private object? _continuationState;
    private Exception? _exception;
    private TResult? _result;
    private bool _isCompleted;

    public short Version { get; private set; }

    public void SetResult(TResult result)
    {
        _result = result;
        Complete();
    }

    public void SetException(Exception exception)
    {
        _exception = exception;
        Complete();
    }

    public ValueTaskSourceStatus GetStatus(short token)
    {
        Debug.Assert(token == Version, "A loop task is awaited once.");
        return !_isCompleted ? ValueTaskSourceStatus.Pending
            : _exception is null ? ValueTaskSourceStatus.Succeeded
            : ValueTaskSourceStatus.Faulted;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Debug.Assert(token == Version && _continuation is null, "A loop task is awaited once.");
        if (_isCompleted)
        {
            continuation(state);
            return;
        }

        _continuationState = state;
        _continuation = continuation;
    }

    public TResult GetResult(short token)
    {
        Debug.Assert(token == Version && _isCompleted, "A loop task is awaited once, and read when it is complete.");
        TResult result = _result!;
        Exception? exception = _exception;
        Reset();
        Return();
        if (exception is not null)
        {
            ExceptionDispatchInfo.Throw(exception);
        }

        return result;
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    protected abstract void Return();

    private void Complete()
    {
        _isCompleted = true;
        Action<object?>? continuation = _continuation;
        if (continuation is null)
        {
            return;
        }

        object? state = _continuationState;
        _continuation = null;
        _continuationState = null;
        continuation(state);
    }

    private void Reset()
    {
        Version++;
        _continuation = null;
        _continuationState = null;
        _exception = null;
        _result = default;
        _isCompleted = false;
    }
}

/// <summary>The frame of one method, with its free list per thread.</summary>
internal sealed class LoopTask<TResult, TStateMachine> : LoopTask<TResult>
    where TStateMachine : IAsyncStateMachine
{
    // More frames than this are given to the collector: after a burst memory shrinks again.
    private const int RetainedFrames = 4096;

    [ThreadStatic]
    private static LoopTask<TResult, TStateMachine>? _free;

    [ThreadStatic]
    private static int _freeCount;

    private LoopTask<TResult, TStateMachine>? _next;

    private LoopTask()
    {
        MoveNextAction = MoveNext;
        StateMachine = default!;
    }

    public Action MoveNextAction { get; }

    public TStateMachine StateMachine;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LoopTask<TResult, TStateMachine> Rent()
    {
        LoopTask<TResult, TStateMachine>? frame = _free;
        if (frame is null)
        {
            return new LoopTask<TResult, TStateMachine>();
        }

        _free = frame._next;
        frame._next = null;
        _freeCount--;
        return frame;
    }

    protected override void Return()
    {
        // The state machine may still be on the stack, in its last statement; it reads nothing of itself any more.
        StateMachine = default!;
        if (_freeCount >= RetainedFrames)
        {
            return;
        }

        _next = _free;
        _free = this;
        _freeCount++;
    }

    private void MoveNext() => StateMachine.MoveNext();
}
