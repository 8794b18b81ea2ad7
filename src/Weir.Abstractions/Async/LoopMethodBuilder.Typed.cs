// Hot: the frames of every suspended exchange come from here.
using System.Runtime.CompilerServices;

namespace Weir.Abstractions.Async;

/// <summary>As <see cref="LoopMethodBuilder"/>, for methods with a result.</summary>
/// <typeparam name="TResult">The result.</typeparam>
public struct LoopMethodBuilder<TResult>
{
    private LoopTask<TResult>? _frame;
    private Exception? _exception;
    private TResult _result;

    /// <summary>Called by compiled code.</summary>
    public static LoopMethodBuilder<TResult> Create() => default;

    /// <summary>Called by compiled code.</summary>
    public readonly ValueTask<TResult> Task
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _frame is { } frame ? new ValueTask<TResult>(frame, frame.Version)
            : _exception is null ? new ValueTask<TResult>(_result)
            : ValueTask.FromException<TResult>(_exception);
    }

    internal readonly ValueTask UntypedTask => _frame is { } frame ? new ValueTask(frame, frame.Version)
        : _exception is null ? default
        : ValueTask.FromException(_exception);

    /// <summary>Called by compiled code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>Called by compiled code.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>Called by compiled code.</summary>
    public void SetResult(TResult result)
    {
        if (_frame is null)
        {
            _result = result;
            return;
        }

        _frame.SetResult(result);
    }

    /// <summary>Called by compiled code.</summary>
    public void SetException(Exception exception)
    {
        if (_frame is null)
        {
            _exception = exception;
            return;
        }

        _frame.SetException(exception);
    }

    /// <summary>Called by compiled code.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(FrameOf(ref stateMachine).MoveNextAction);

    /// <summary>Called by compiled code.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.UnsafeOnCompleted(FrameOf(ref stateMachine).MoveNextAction);

    private LoopTask<TResult, TStateMachine> FrameOf<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (_frame is not null)
        {
            return (LoopTask<TResult, TStateMachine>)_frame;
        }

        LoopTask<TResult, TStateMachine> frame = LoopTask<TResult, TStateMachine>.Rent();
        _frame = frame;

        // After this line the state machine lives in the frame; this builder is a part of it and was just given the frame.
        frame.StateMachine = stateMachine;
        return frame;
    }
}
