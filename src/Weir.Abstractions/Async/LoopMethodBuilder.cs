// Hot: the frames of every suspended exchange come from here.
using System.Runtime.CompilerServices;

namespace Weir.Abstractions.Async;

/// <summary>
/// Builds <see cref="ValueTask"/> methods whose frames are pooled per loop. Use it as
/// <c>[AsyncMethodBuilder(typeof(LoopMethodBuilder))]</c> on the few methods of the spine that really suspend.
/// </summary>
/// <remarks>
/// The platform's pooling builder keeps one frame a thread and one a core, and allocates as soon as several exchanges wait. Here a
/// frame returns to the free list of its thread, which is a loop. Such a method starts, suspends and ends on one loop, its task is
/// awaited at most once and never from another thread, and no ExecutionContext flows.
/// </remarks>
public struct LoopMethodBuilder
{
    private LoopMethodBuilder<bool> _inner;

    /// <summary>Called by compiled code.</summary>
    public static LoopMethodBuilder Create() => default;

    /// <summary>Called by compiled code.</summary>
    public readonly ValueTask Task => _inner.UntypedTask;

    /// <summary>Called by compiled code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>Called by compiled code.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>Called by compiled code.</summary>
    public void SetResult() => _inner.SetResult(true);

    /// <summary>Called by compiled code.</summary>
    public void SetException(Exception exception) => _inner.SetException(exception);

    /// <summary>Called by compiled code.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => _inner.AwaitOnCompleted(ref awaiter, ref stateMachine);

    /// <summary>Called by compiled code.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => _inner.AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);
}
