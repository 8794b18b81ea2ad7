// Hot: every event passes here.
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Net.Buffers;
using Weir.Net.Sockets;
using Weir.Net.Time;

namespace Weir.Net.Loops;

/// <summary>
/// One thread that owns its epoll set, timers, buffers and connections. Everything on a loop is single-threaded: no locks. Other threads
/// reach it through <see cref="Post(Action)"/>.
/// </summary>
/// <remarks>
/// One turn: events (each resumes its own exchange inline), mailbox, due timers, then what stands on the ready list. The loop blocks only
/// while the ready list is empty. Descriptors closed during a turn are given back to the kernel at its end, so that a late event of the
/// batch cannot reach a new connection with the same number; slot and generation guard the rest.
/// </remarks>
public sealed unsafe class Loop : LoopServices, IDisposable
{
    /// <summary>The size of the buffers that heads and small bodies use.</summary>
    public const int SmallBufferOctets = 16 * 1024;

    /// <summary>The size of the buffers of a body that streams.</summary>
    public const int LargeBufferOctets = 64 * 1024;

    private const long SlowTurnNs = 10_000_000;
    private const int TrimEveryMs = 10_000;
    private const ulong WakeData = ulong.MaxValue;

    private readonly LoopClock _clock;
    private readonly ILoopObserver? _observer;
    private readonly Epoll? _epoll;
    private readonly PollTable? _polled;
    private readonly TimerWheel _timers;
    private readonly Mailbox _mailbox = new();
    private readonly LoopSynchronizationContext _context;
    private readonly byte[] _date = new byte[29];
    private readonly int _wakeFd = -1;
    private ReadyList _ready;
    private YieldNode? _freeYields;
    private RootObserver? _freeObservers;
    private ulong _random0;
    private ulong _random1;
    private long _nowNs;
    private long _unixMs;
    private long _dateSecond = -1;
    private long _nextTrimMs;
    private int _threadId;
    private volatile bool _isStopping;

    /// <summary>A loop over sockets, or with <paramref name="isInMemory"/> one that only a test drives.</summary>
    public Loop(int index, BufferBudget budget, LoopClock? clock = null, ILoopObserver? observer = null, bool isInMemory = false)
    {
        Index = index;
        _clock = clock ?? LoopClock.System;
        _observer = observer;
        _nowNs = _clock.MonotonicNs;
        _unixMs = _clock.UnixMs;
        _timers = new TimerWheel(NowMs, ReportFailure);
        _context = new LoopSynchronizationContext(this);
        SmallBuffers = new BufferPool(budget, SmallBufferOctets);
        LargeBuffers = new BufferPool(budget, LargeBufferOctets);
        Span<byte> seed = stackalloc byte[16];
        RandomNumberGenerator.Fill(seed);
        _random0 = MemoryMarshal.Read<ulong>(seed);
        _random1 = MemoryMarshal.Read<ulong>(seed[8..]) | 1;
        if (isInMemory)
        {
            return;
        }

        _epoll = new Epoll();
        _polled = new PollTable(_epoll);
        _wakeFd = Libc.eventfd(0, Libc.EventFdNonBlock | Libc.EventFdCloseOnExec);
        if (_wakeFd < 0 || _epoll.Add(_wakeFd, WakeData) != 0)
        {
            throw new Win32Exception(Libc.Errno, "eventfd failed");
        }
    }

    /// <inheritdoc/>
    public override int Index { get; }

    /// <inheritdoc/>
    public override long NowMs => _nowNs / 1_000_000;

    /// <inheritdoc/>
    public override long NowNs => _nowNs;

    /// <inheritdoc/>
    public override long UnixMs => _unixMs;

    /// <summary>Buffers for heads and small bodies.</summary>
    public BufferPool SmallBuffers { get; }

    /// <summary>Buffers for bodies that stream.</summary>
    public BufferPool LargeBuffers { get; }

    /// <summary>Turns so far.</summary>
    public long TurnCount { get; private set; }

    /// <summary>Descriptors registered now: tests count on it.</summary>
    public int PolledCount => _polled?.Count ?? 0;

    /// <summary>Timers armed now.</summary>
    public int TimerCount => _timers.Count;

    /// <summary>Whether the calling thread is the loop's.</summary>
    public bool IsCurrent => _threadId == Environment.CurrentManagedThreadId;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> DateValue
    {
        get
        {
            long second = _unixMs / 1000;
            if (second != _dateSecond)
            {
                _dateSecond = second;
                DateTimeOffset.FromUnixTimeSeconds(second).TryFormat(_date, out _, "R");
            }

            return _date;
        }
    }

    /// <summary>Fails in Debug when another thread touches what belongs to this loop.</summary>
    [Conditional("DEBUG")]
    public void AssertCurrent() => Debug.Assert(_threadId == 0 || IsCurrent, "Called from another thread than the loop's.");

    /// <summary>The thread's life: turns until <see cref="Stop"/>.</summary>
    public void Run()
    {
        Enter();
        while (!_isStopping)
        {
            // A wait finds what is ready as a poll does; polling first would be one more system call each time a loop has caught up.
            // The turn's own time is good enough for the timeout: it is late by a turn at most.
            bool mayBlock = _ready.IsEmpty && _mailbox.IsEmpty;
            Turn(mayBlock ? _epoll!.Wait(_timers.NextDelayMs(NowMs)) : _epoll!.Poll());
        }
    }

    /// <summary>For tests: turns until nothing is ready. False: so many turns were not enough.</summary>
    public bool RunUntilIdle(int mostTurns = int.MaxValue)
    {
        SynchronizationContext? outer = SynchronizationContext.Current;
        Enter();
        try
        {
            do
            {
                Turn(_epoll?.Poll() ?? 0);
            }
            while ((!_ready.IsEmpty || !_mailbox.IsEmpty) && --mostTurns > 0);
            return mostTurns > 0;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>Ends <see cref="Run"/> after the current turn. From any thread.</summary>
    public void Stop()
    {
        _isStopping = true;
        Wake();
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback callback, object? state)
    {
        if (_mailbox.Post(new Mailbox.Letter(callback, state)))
        {
            Wake();
        }
    }

    /// <summary>Runs something on the loop, in a turn of its own. From any thread. Allocates.</summary>
    public void Post(Action action) => Post(static state => ((Action)state!)(), action);

    /// <summary>Puts an item at the end of the ready list, unless it stands there already.</summary>
    public void Schedule(ReadyItem item)
    {
        AssertCurrent();
        _ready.Add(item);
    }

    /// <summary>Arms a timer, in milliseconds from now.</summary>
    public void Arm(LoopTimer timer, long delayMs)
    {
        AssertCurrent();
        _timers.Arm(timer, NowMs + delayMs);
    }

    /// <summary>Disarms a timer; harmless when it is not armed.</summary>
    public void Disarm(LoopTimer timer)
    {
        AssertCurrent();
        _timers.Disarm(timer);
    }

    /// <inheritdoc/>
    public override ulong NextRandom()
    {
        // xoroshiro128+: fast, and no secret depends on it.
        ulong s0 = _random0;
        ulong s1 = _random1;
        ulong result = s0 + s1;
        s1 ^= s0;
        _random0 = BitRotate(s0, 24) ^ s1 ^ (s1 << 16);
        _random1 = BitRotate(s1, 37);
        return result;
    }

    /// <inheritdoc/>
    public override ValueTask YieldAsync()
    {
        YieldNode node = RentYield();
        Schedule(node);
        return new ValueTask(node, node.Version);
    }

    /// <inheritdoc/>
    public override ValueTask DelayAsync(int delayMs)
    {
        YieldNode node = RentYield();
        node.StartDelay(delayMs);
        return new ValueTask(node, node.Version);
    }

    /// <inheritdoc/>
    public override LoopBuffer? TryRentBuffer(int atLeastOctets)
    {
        AssertCurrent();
        Debug.Assert(atLeastOctets <= LargeBufferOctets, "No buffer is larger.");
        return atLeastOctets <= SmallBufferOctets ? SmallBuffers.TryRent() : LargeBuffers.TryRent();
    }

    /// <inheritdoc/>
    public override void ReturnBuffer(LoopBuffer buffer)
    {
        AssertCurrent();
        (buffer.Capacity == SmallBufferOctets ? SmallBuffers : LargeBuffers).Return((NativeBuffer)buffer, NowMs);
    }

    /// <summary>
    /// Watches the one task that a connection's life is. An exception in it is reported and ends that connection, nothing else.
    /// </summary>
    public override void Observe(ValueTask rootTask)
    {
        if (rootTask.IsCompletedSuccessfully)
        {
            rootTask.GetAwaiter().GetResult();
            return;
        }

        RootObserver observer = _freeObservers ?? new RootObserver(this);
        _freeObservers = observer.NextFree;
        observer.Start(rootTask);
    }

    /// <summary>Reports an exception that ended a connection.</summary>
    public void ReportFailure(Exception exception) => _observer?.OnFailure(Index, exception);

    /// <inheritdoc/>
    public void Dispose()
    {
        _polled?.CloseForgotten();
        _epoll?.Dispose();
        if (_wakeFd >= 0)
        {
            _ = Libc.close(_wakeFd);
        }

        SmallBuffers.Clear();
        LargeBuffers.Clear();
    }

    /// <summary>Registers a descriptor for all its life. 0, or the error number.</summary>
    internal int Register(Pollable pollable, int fd)
    {
        AssertCurrent();
        return _polled!.Register(pollable, fd);
    }

    /// <summary>Forgets a descriptor and closes it at the end of the turn.</summary>
    internal void Unregister(Pollable pollable, int fd)
    {
        AssertCurrent();
        _polled!.Unregister(pollable, fd);
    }

    internal void ReturnYield(YieldNode node)
    {
        node.NextFree = _freeYields;
        _freeYields = node;
    }

    internal void ReturnObserver(RootObserver observer)
    {
        observer.NextFree = _freeObservers;
        _freeObservers = observer;
    }

    private static ulong BitRotate(ulong value, int by) => (value << by) | (value >> (64 - by));

    private void Enter()
    {
        _threadId = Environment.CurrentManagedThreadId;
        SynchronizationContext.SetSynchronizationContext(_context);
        ReadTime();
    }

    private void ReadTime()
    {
        _nowNs = _clock.MonotonicNs;
        _unixMs = _clock.UnixMs;
    }

    private void Turn(int eventCount)
    {
        ReadTime();
        long startedNs = _nowNs;
        TurnCount++;
        for (int i = 0; i < eventCount; i++)
        {
            ulong data = _epoll!.DataAt(i);
            if (data == WakeData)
            {
                ulong ignored;
                _ = Libc.read(_wakeFd, &ignored, sizeof(ulong));
            }
            else if (_polled!.Find(data) is { } pollable)
            {
                Dispatch(pollable, _epoll.EventsAt(i));
            }
        }

        if (!_mailbox.IsEmpty)
        {
            OpenMail();
        }

        _timers.Advance(NowMs);
        if (!_ready.IsEmpty)
        {
            RunReady();
        }

        _polled?.CloseForgotten();
        EndTurn(startedNs);
    }

    private void OpenMail()
    {
        for (Mailbox.Letter? letter = _mailbox.TakeAll(); letter is not null; letter = letter.Next)
        {
            try
            {
                letter.Callback(letter.State);
            }
            catch (Exception exception)
            {
                // A posted callback is foreign code: it must not end the loop.
                ReportFailure(exception);
            }
        }
    }

    private void RunReady()
    {
        ReadyItem? item = _ready.TakeAll();
        while (item is not null)
        {
            ReadyItem? next = item.NextReady;
            item.NextReady = null;
            item.IsQueued = false;
            RunItem(item);
            item = next;
        }
    }

    // Continuations keep their exceptions in their tasks. What still arrives here is a defect in a callback: it is reported, and the
    // rest of the batch is handled, because an edge that is missed never comes again.
    private void Dispatch(Pollable pollable, uint events)
    {
        try
        {
            pollable.OnEvents(events);
        }
        catch (Exception exception)
        {
            ReportFailure(exception);
        }
    }

    private void RunItem(ReadyItem item)
    {
        try
        {
            item.OnReady();
        }
        catch (Exception exception)
        {
            ReportFailure(exception);
        }
    }

    private void EndTurn(long startedNs)
    {
        if (_observer is null)
        {
            return;
        }

        long nowMs = startedNs / 1_000_000;
        if (nowMs >= _nextTrimMs)
        {
            _nextTrimMs = nowMs + TrimEveryMs;
            SmallBuffers.Trim(nowMs);
            LargeBuffers.Trim(nowMs);
        }

        _observer.OnBatchEnd(Index, nowMs);
        long tookNs = _clock.MonotonicNs - startedNs;
        if (tookNs >= SlowTurnNs)
        {
            _observer.OnSlowTurn(Index, tookNs, ModulesOfTurn);
        }

        ForgetModules();
    }

    private void Wake()
    {
        if (_wakeFd >= 0)
        {
            ulong one = 1;
            _ = Libc.write(_wakeFd, &one, sizeof(ulong));
        }
    }

    private YieldNode RentYield()
    {
        AssertCurrent();
        if (_freeYields is not { } node)
        {
            return new YieldNode(this);
        }

        _freeYields = node.NextFree;
        node.NextFree = null;
        return node;
    }
}
