// Hot: every wait for a peer begins and ends here.
using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Weir.Net.Connections;

/// <summary>
/// A connection's wait in one direction: until when, what came of it, and who goes on then. It is used again for the next wait, so that
/// none allocates. A value that changes: a field of its connection, never copied.
/// </summary>
internal struct Wait<TStatus>
    where TStatus : unmanaged
{
    private Action<object?>? _continuation;
    private object? _state;
    private short _version;
    private TStatus _status;
    private bool _isDone;

    /// <summary>When the wait ends in vain, on the loop's clock; <see cref="long.MaxValue"/>: never.</summary>
    public long DeadlineMs { get; set; }

    public bool IsWaiting { readonly get; private set; }

    /// <summary>Whether a wait may begin: none runs, and the outcome of the last one was taken.</summary>
    public readonly bool IsFree => !IsWaiting && !_isDone;

    /// <summary>The token of the wait that runs or begins.</summary>
    public readonly short Version => _version;

    public readonly ValueTaskSourceStatus SourceStatus => _isDone ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    public void Begin(long deadlineMs)
    {
        IsWaiting = true;
        DeadlineMs = deadlineMs;
    }

    /// <summary>Ends the wait; who awaits it goes on with <see cref="Continue"/>.</summary>
    public void End(TStatus status)
    {
        IsWaiting = false;
        _isDone = true;
        _status = status;
    }

    /// <summary>Lets who awaits go on, in this frame.</summary>
    public void Continue()
    {
        if (!_isDone || _continuation is not { } continuation)
        {
            return;
        }

        object? state = _state;
        _continuation = null;
        _state = null;
        continuation(state);
    }

    public TStatus Take(short token)
    {
        Debug.Assert(token == _version && _isDone, "A wait is awaited once.");
        _version++;
        _isDone = false;
        return _status;
    }

    public void OnCompleted(Action<object?> continuation, object? state)
    {
        _state = state;
        _continuation = continuation;
    }
}
