using System.Collections.Concurrent;

namespace Weir.Cache.Purging;

/// <summary>
/// Takes orders to purge. They are in force at once. A thread of its own, which ends when it has nothing to do, writes them to the log
/// (those that wait together with one flush) before they are acknowledged, then carries them out on records that nobody asks for, in small
/// steps.
/// </summary>
public sealed class PurgeDesk : IDisposable
{
    private const int StepPauseMs = 1;
    private const int LookAgainMs = 30_000;
    private const string NoDirectory = "The cache's directory cannot be used now; the log says why.";

    // Who asked is told then, though the disk has not answered.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly PurgeList _purges;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<Order> _orders = new();
#pragma warning disable CA2213 // The thread may wait on it when the desk is disposed; its handle's finalizer gives it back.
    private readonly AutoResetEvent _wake = new(initialState: false);
#pragma warning restore CA2213
    private Thread? _worker;
    private string? _toldProblem;
    private bool _isEnding;

    /// <summary>A desk for a list.</summary>
    public PurgeDesk(PurgeList purges, TimeProvider? time = null)
    {
        _purges = purges;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>
    /// Told of each order: once when it is answered, once when everything in memory was looked at. Mostly on the desk's thread.
    /// </summary>
    public Action<PurgeNote>? Observer { get; set; }

    /// <summary>Told when the log cannot be written, and why; null when it can again. On the desk's thread.</summary>
    public Action<string?>? LogObserver { get; set; }

    /// <summary>How long it waits before it tries again to write a log that could not be written.</summary>
    internal int RetryMs { get; init; } = LookAgainMs;

    /// <summary>The last orders.</summary>
    public PurgeAudit Audit => _purges.Audit;

    /// <summary>
    /// Puts purges in force, all or none, before this returns; the task ends once they are on disk, where there is a log, or cannot be.
    /// From any thread, loops too.
    /// </summary>
    /// <param name="purges">What to purge.</param>
    /// <param name="who">Who wants it, for the audit.</param>
    /// <param name="what">What was asked for, for the audit.</param>
    public Task<PurgeReceipt> PurgeAsync(IReadOnlyList<Purge> purges, string who, string what)
    {
        PurgeNote note = new(_time.GetUtcNow(), who, what, purges.Count > 0 && purges[0].IsSoft);
        Order order = new(purges, note);
        if (!TryPutInForce(order))
        {
            return order.Done.Task;
        }

        order.Deadline = _time.CreateTimer(static state => ((Order)state!).GiveUpWaiting(), order, _patience, Timeout.InfiniteTimeSpan);
        Enqueue(order);
        return order.Done.Task;
    }

    /// <summary>
    /// Puts in force what an origin's response asked for: no order of a person, and in the audit only where it is refused. It is in force
    /// when this returns, and on disk soon, where there is a log.
    /// </summary>
    public void PurgeFor(IReadOnlyList<Purge> purges)
    {
        Order order = new(purges, null);
        if (TryPutInForce(order))
        {
            Enqueue(order);
        }
    }

    /// <summary>Looks whether there is something to carry out: called where a list begins with purges of an earlier run.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_isEnding)
            {
                return;
            }

            if (_worker is null)
            {
                _worker = new Thread(Work) { IsBackground = true, Name = "purges" };
                _worker.Start();
            }
        }

        _wake.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnding = true;
        }

        _wake.Set();
    }

    // False: it is answered already.
    private bool TryPutInForce(Order order)
    {
        bool isEnding;
        lock (_gate)
        {
            isEnding = _isEnding;
        }

        order.Receipt = isEnding
            ? new PurgeReceipt(0, "This cache has just been replaced by a reload, or Weir ends. Ask again.")
            : _purges.Add(order.Purges, () => Number(order));
        if (order.Receipt.IsDone && _purges.IsDurable)
        {
            return true;
        }

        End(order, order.Receipt.IsDone && _purges.IsWaiting ? order.Receipt with { NotOnDisk = NoDirectory } : order.Receipt);
        Wake();
        return false;
    }

    private void Enqueue(Order order)
    {
        lock (_gate)
        {
            if (!_isEnding || _worker is not null)
            {
                _orders.Enqueue(order);
                order = null!;
            }
        }

        if (order is null)
        {
            Wake();
            return;
        }

        End(order, order.Receipt with { NotOnDisk = "Weir ends." });
    }

    private void Work()
    {
        do
        {
            while (Write(isRetry: false) | CarryOutSome())
            {
                // Loops want the store's lock too.
                _wake.WaitOne(StepPauseMs);
            }

            Settle();
            _purges.Forget();
            if (!_wake.WaitOne(_purges.LogProblem is null ? LookAgainMs : RetryMs))
            {
                Write(isRetry: true);
            }
        }
        while (!MayEnd());
    }

    private bool MayEnd()
    {
        lock (_gate)
        {
            bool isEnd = _orders.IsEmpty && (_isEnding || _purges.Count == 0);
            _worker = isEnd ? null : _worker;
            return isEnd;
        }
    }

    // Those that wait are written together.
    private bool Write(bool isRetry)
    {
        List<Order> orders = [];
        while (_orders.TryDequeue(out Order? order))
        {
            orders.Add(order);
        }

        if (orders.Count == 0 && !(isRetry && _purges.LogProblem is not null))
        {
            return false;
        }

        string? problem = _purges.Commit();
        if (problem != _toldProblem)
        {
            _toldProblem = problem;
            LogObserver?.Invoke(problem);
        }

        orders.ForEach(order => End(order, order.Receipt with { NotOnDisk = problem }));
        return orders.Count > 0;
    }

    // Before it is in force: whatever it touches finds its note.
    private void Number(Order order)
    {
        if (order.Note is { } note)
        {
            note.First = _purges.Last + 1;
            note.Last = _purges.Last + (ulong)order.Purges.Count;
            _purges.Audit.Add(note);
        }
    }

    private void End(Order order, PurgeReceipt receipt)
    {
        PurgeNote? note = order.Note;
        if (!receipt.IsDone)
        {
            note ??= new PurgeNote(_time.GetUtcNow(), "a response", $"{order.Purges.Count} groups", isSoft: false);
            note.Refusal = receipt.Refusal;
            _purges.Audit.Add(note);
        }

        if (note is not null)
        {
            note.NotOnDisk = receipt.NotOnDisk;
            Observer?.Invoke(note);
        }

        order.Deadline?.Dispose();
        order.Done.TrySetResult(receipt);
    }

    private bool CarryOutSome()
    {
        bool isMore = false;
        foreach (IPurgedTier tier in _purges.Tiers)
        {
            isMore |= !_isEnding && tier.CarryOutSome();
        }

        return isMore;
    }

    private void Settle()
    {
        foreach (PurgeNote note in _purges.Audit.Settle(_purges.SettledInMemory))
        {
            Observer?.Invoke(note);
        }
    }

    private sealed class Order
    {
        public Order(IReadOnlyList<Purge> purges, PurgeNote? note)
        {
            Purges = purges;
            Note = note;
        }

        public IReadOnlyList<Purge> Purges { get; }

        public PurgeNote? Note { get; }

        public PurgeReceipt Receipt { get; set; }

        public ITimer? Deadline { get; set; }

        // Continuations of loops go to their loops; others must not run on the desk's thread.
        public TaskCompletionSource<PurgeReceipt> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void GiveUpWaiting() => Done.TrySetResult(Receipt with { NotOnDisk = "The disk does not answer." });
    }
}
