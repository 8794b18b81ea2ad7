using System.Collections.Concurrent;

namespace Weir.Cache.Purging;

/// <summary>
/// Takes orders to purge. A thread of its own, which ends when it has nothing to do, writes them to the log (those that wait together with one flush),
/// then carries them out on records that nobody asks for, in small steps.
/// </summary>
public sealed class PurgeDesk : IDisposable
{
    private const int StepPauseMs = 1;
    private const int LookAgainMs = 30_000;

    private readonly Lock _gate = new();
    private readonly PurgeList _purges;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<Order> _orders = new();
#pragma warning disable CA2213 // The thread may wait on it when the desk is disposed; its handle's finalizer gives it back.
    private readonly AutoResetEvent _wake = new(initialState: false);
#pragma warning restore CA2213
    private Thread? _worker;
    private bool _isEnding;

    /// <summary>A desk for a list.</summary>
    public PurgeDesk(PurgeList purges, TimeProvider? time = null)
    {
        _purges = purges;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Told of each order: once when it is in force or refused, once when everything in memory was looked at. On the desk's thread.</summary>
    public Action<PurgeNote>? Observer { get; set; }

    /// <summary>The last orders.</summary>
    public PurgeAudit Audit => _purges.Audit;

    /// <summary>
    /// Puts purges in force, all or none; they are on disk before, where there is a log. From any thread, loops too: without a log it is done
    /// when this returns.
    /// </summary>
    /// <param name="purges">What to purge.</param>
    /// <param name="who">Who wants it, for the audit.</param>
    /// <param name="what">What was asked for, for the audit.</param>
    public Task<PurgeReceipt> PurgeAsync(IReadOnlyList<Purge> purges, string who, string what)
    {
        PurgeNote note = new(_time.GetUtcNow(), who, what, purges.Count > 0 && purges[0].IsSoft);
        return PurgeAsync(new Order(purges, note));
    }

    /// <summary>The same for what an origin asked for: no order of a person, and not in the audit.</summary>
    public Task<PurgeReceipt> PurgeAsync(IReadOnlyList<Purge> purges) => PurgeAsync(new Order(purges, null));

    private Task<PurgeReceipt> PurgeAsync(Order order)
    {
        if (_purges.IsDurable || Volatile.Read(ref _isEnding))
        {
            _orders.Enqueue(order);
        }
        else
        {
            Carry([order]);
        }

        Wake();
        return order.Done.Task;
    }

    /// <summary>Looks whether there is something to carry out: called where a list begins with purges of an earlier run.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_isEnding)
            {
                Refuse();
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
            if (_worker is null)
            {
                Refuse();
            }
        }

        _wake.Set();
    }

    private void Work()
    {
        do
        {
            while (TakeOrders() | CarryOutSome())
            {
                // Loops want the store's lock too.
                _wake.WaitOne(StepPauseMs);
            }

            Settle();
            _purges.Forget();
            _wake.WaitOne(LookAgainMs);
        }
        while (!MayEnd());
    }

    private bool MayEnd()
    {
        lock (_gate)
        {
            bool isEnd = _isEnding || (_orders.IsEmpty && _purges.Count == 0);
            if (isEnd)
            {
                _worker = null;
                Refuse();
            }

            return isEnd;
        }
    }

    // Those that wait are written together; where the list has no room for all, each for itself.
    private bool TakeOrders()
    {
        List<Order> orders = [];
        while (!_isEnding && _orders.TryDequeue(out Order? order))
        {
            orders.Add(order);
        }

        if (orders.Count == 0)
        {
            return false;
        }

        Carry(orders);
        return true;
    }

    private void Carry(List<Order> orders)
    {
        PurgeReceipt receipt = _purges.Add([.. orders.SelectMany(order => order.Purges)], () => Number(orders));
        if (receipt.IsDone)
        {
            orders.ForEach(order => End(order, new PurgeReceipt(order.Last, null)));
            return;
        }

        foreach (Order order in orders)
        {
            End(order, orders.Count == 1 ? receipt : _purges.Add(order.Purges, () => Number([order])));
        }
    }

    // Before they are in force: whatever they touch finds their notes.
    private void Number(List<Order> orders)
    {
        ulong next = _purges.Last + 1;
        foreach (Order order in orders)
        {
            ulong first = next;
            next += (ulong)order.Purges.Count;
            order.Last = next - 1;
            if (order.Note is { } note)
            {
                note.First = first;
                note.Last = order.Last;
                _purges.Audit.Add(note);
            }
        }
    }

    private void End(Order order, PurgeReceipt receipt)
    {
        if (!receipt.IsDone && order.Note is not null)
        {
            order.Note.Refusal = receipt.Refusal;
            _purges.Audit.Add(order.Note);
        }

        if (order.Note is not null)
        {
            Observer?.Invoke(order.Note);
        }

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

    private void Refuse()
    {
        while (_orders.TryDequeue(out Order? order))
        {
            order.Done.TrySetResult(new PurgeReceipt(0, "This cache has just been replaced by a reload, or Weir ends. Ask again."));
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

        // The number of its last purge.
        public ulong Last { get; set; }

        // Continuations of loops go to their loops; others must not run on the desk's thread.
        public TaskCompletionSource<PurgeReceipt> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
