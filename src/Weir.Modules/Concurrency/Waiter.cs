using System.Threading.Tasks.Sources;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Concurrency;

/// <summary>
/// A request that waits for a place. Whatever ends its wait decides so under the turnstile's lock, on any loop, and once; it is resumed on
/// its own loop, in a turn of its own. Reused.
/// </summary>
internal sealed class Waiter : IValueTaskSource<WaitEnd>, IAbortable
{
    private static readonly SendOrPostCallback _resume = static state => ((Waiter)state!).Resume();

    private readonly Turnstile _turnstile;
    private Action<object?>? _continuation;
    private object? _state;
    private bool _isResumed;

    public Waiter(Turnstile turnstile, LoopPlaces places)
    {
        _turnstile = turnstile;
        Places = places;
    }

    /// <summary>Where it waits.</summary>
    public LoopPlaces Places { get; }

    /// <summary>How the wait ended; <see cref="WaitEnd.None"/> while it goes on.</summary>
    public WaitEnd End { get; set; }

    /// <summary>Whether it got its place without a wait: nobody resumes it.</summary>
    public bool HasEnteredAtOnce { get; set; }

    /// <summary>Whether the place it got is counted for its key.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Whether its key, and not the limit of all, was what it waited for, when last looked at.</summary>
    public bool IsHeldByKey { get; set; }

    public ulong Key { get; private set; }

    public long DeadlineMs { get; private set; }

    public short Version { get; private set; }

    public KeyLine? Line { get; set; }

    public Waiter? Next { get; set; }

    public Waiter? Previous { get; set; }

    public Waiter? NextOfLoop { get; set; }

    public Waiter? PreviousOfLoop { get; set; }

    /// <summary>The next of those that are to be resumed.</summary>
    public Waiter? NextResumed { get; set; }

    public Waiter? NextFree { get; set; }

    private ClientStream? Client { get; set; }

    public void Begin(ulong key, long deadlineMs)
    {
        Key = key;
        DeadlineMs = deadlineMs;
        End = WaitEnd.None;
        IsCounted = false;
        IsHeldByKey = false;
    }

    /// <summary>Waits: from now on the client's going away ends it too.</summary>
    public ValueTask<WaitEnd> WaitAsync(ClientStream client)
    {
        Client = client;
        client.AbortWhenGone = this;
        return new(this, Version);
    }

    /// <summary>Resumes the request on its loop; any thread.</summary>
    public void Post() => Places.Loop.Post(_resume, this);

    /// <inheritdoc/>
    public void Abort(ProxyError reason) => _turnstile.GiveUp(this);

    ValueTaskSourceStatus IValueTaskSource<WaitEnd>.GetStatus(short token) =>
        _isResumed ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource<WaitEnd>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    WaitEnd IValueTaskSource<WaitEnd>.GetResult(short token)
    {
        Version++;
        _continuation = null;
        _state = null;
        _isResumed = false;
        return End;
    }

    private void Resume()
    {
        if (ReferenceEquals(Client?.AbortWhenGone, this))
        {
            Client.AbortWhenGone = null;
        }

        Client = null;
        _isResumed = true;
        _continuation?.Invoke(_state);
    }
}
