using System.Globalization;
using Weir.Abstractions.Exchanges;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Shedding;

/// <summary>
/// Looks twice a second at what the process has to do, has the judge decide, and puts that in force; counts and tells each change. One
/// thread at a time calls it.
/// </summary>
internal sealed class OverloadWatch
{
    /// <summary>How often it looks.</summary>
    public const int PeriodMs = 500;

    private readonly OverloadJudge _judge = new();
    private readonly Overload _overload;
    private readonly CounterSet _counters;
    private readonly WeirLog _log;
    private readonly int _overloadedErrors;
    private DateTimeOffset _since;

    public OverloadWatch(Overload overload, CounterSet counters, WeirLog log, int overloadedErrors)
    {
        _overload = overload;
        _counters = counters;
        _log = log;
        _overloadedErrors = overloadedErrors;
    }

    /// <summary>What it found last. Any thread.</summary>
    public OverloadState State { get; private set; } = new(LoadLevel.Normal, OverloadCause.None, default, default);

    /// <summary>Connections that were refused for it since the start.</summary>
    public long RefusedConnections => _counters.Total(Counter.ConnectionsRefusedOverload);

    /// <summary>Requests that were refused for it since the start.</summary>
    public long RefusedRequests => _counters.Total(CounterFamily.ProxyErrors, _overloadedErrors);

    /// <summary>Judges one sample.</summary>
    public void Look(in OverloadSample sample, OverloadPolicy policy, DateTimeOffset now)
    {
        LoadLevel before = _judge.Level;
        bool hasChanged = _judge.Judge(sample, policy);
        if (before == LoadLevel.Normal && hasChanged)
        {
            _since = now;
            _counters.Shared.Add(CounterOf(_judge.Cause));
        }

        _overload.Set(_judge.Level, _judge.HeavyDivisor);
        State = new OverloadState(_judge.Level, _judge.Cause, _since, sample);
        if (hasChanged)
        {
            Tell(before, sample, policy, now);
        }
    }

    private static Counter CounterOf(OverloadCause cause) => cause switch
    {
        OverloadCause.Memory => Counter.OverloadsMemory,
        OverloadCause.Lag => Counter.OverloadsLag,
        _ => Counter.OverloadsQueue,
    };

    private void Tell(LoadLevel before, in OverloadSample sample, OverloadPolicy policy, DateTimeOffset now)
    {
        if (_judge.Level < before)
        {
            string level = _judge.Level == LoadLevel.Normal ? "as it should be" : "less";
            _log.Write(OperatorEvents.OverloadEnded, level, (long)(now - _since).TotalSeconds, RefusedConnections, RefusedRequests);
            return;
        }

        string what = _judge.Level == LoadLevel.HeavyClients
            ? "new connections from where most come"
            : "new connections from where most come, and requests of low priority,";
        (string threshold, string limit, string value) = _judge.Cause switch
        {
            OverloadCause.Memory => ("memory", Share(policy.MemoryShare), Share(sample.MemoryShare)),
            OverloadCause.Lag => ("lag", Ms(policy.LagMs), Ms(sample.LagMs)),
            _ => ("queue", Ms(policy.QueueMs), Ms(sample.QueueMs)),
        };
        _log.Write(OperatorEvents.OverloadBegan, threshold, limit, value, what);
    }

    private static string Share(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%";

    private static string Ms(long ms) => ms.ToString(CultureInfo.InvariantCulture) + "ms";
}
