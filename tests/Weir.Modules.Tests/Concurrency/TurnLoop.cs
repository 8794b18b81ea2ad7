using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Tests.Concurrency;

/// <summary>A loop that a test turns, on whichever thread it likes; others may post to it.</summary>
internal sealed class TurnLoop : LoopServices
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _mail = new();
    private readonly List<Delay> _delays = [];
    private long _nowMs = 1000;

    public TurnLoop(int index) => Index = index;

    public override int Index { get; }

    public override long NowMs => _nowMs;

    public override long NowNs => _nowMs * 1_000_000;

    public override long UnixMs => 1_700_000_000_000;

    public override ReadOnlySpan<byte> DateValue => "Tue, 14 Nov 2023 22:13:20 GMT"u8;

    public bool HasMail => !_mail.IsEmpty;

    public override void Post(SendOrPostCallback callback, object? state) => _mail.Enqueue((callback, state));

    /// <summary>Runs what was posted and what is due.</summary>
    public void Turn(int laterMs = 0)
    {
        _nowMs += laterMs;
        while (_mail.TryDequeue(out (SendOrPostCallback Callback, object? State) letter))
        {
            letter.Callback(letter.State);
        }

        foreach (Delay delay in _delays.Where(delay => delay.DueMs <= _nowMs).ToList())
        {
            _delays.Remove(delay);
            delay.Complete();
        }
    }

    public override ulong NextRandom() => 4;

    public override ValueTask YieldAsync() => default;

    public override void Observe(ValueTask rootTask) => _ = rootTask.AsTask();

    public override ValueTask DelayAsync(int delayMs)
    {
        Delay delay = new(_nowMs + delayMs);
        _delays.Add(delay);
        return new ValueTask(delay, 0);
    }

    private sealed class Delay : IValueTaskSource
    {
        private Action<object?>? _continuation;
        private object? _state;
        private bool _isDone;

        public Delay(long dueMs) => DueMs = dueMs;

        public long DueMs { get; }

        public void Complete()
        {
            _isDone = true;
            _continuation?.Invoke(_state);
        }

        public ValueTaskSourceStatus GetStatus(short token) => _isDone ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            _state = state;
            _continuation = continuation;
        }

        public void GetResult(short token)
        {
        }
    }
}
