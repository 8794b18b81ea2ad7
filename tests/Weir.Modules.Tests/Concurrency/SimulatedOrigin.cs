using Weir.Modules.Concurrency;

namespace Weir.Modules.Tests.Concurrency;

/// <summary>
/// An origin of so many workers, in front of which a queue forms, under clients who always ask for more (or for so many at once) than a
/// learnt limit lets through. Its time is its own: the same seed gives the same run.
/// </summary>
internal sealed class SimulatedOrigin
{
    private readonly AdaptiveLimit _limit;
    private readonly Random _random;
    private readonly PriorityQueue<long, long> _working = new();
    private readonly Queue<long> _queued = [];
    private int _inFlight;
    private long _nowNs = 1;

    public SimulatedOrigin(AdaptiveLimit limit, int seed = 1)
    {
        _limit = limit;
        _random = new Random(seed);
    }

    /// <summary>How many requests it works on at a time.</summary>
    public int Workers { get; set; } = 100;

    /// <summary>How long it works on one.</summary>
    public double WorkMs { get; set; } = 50;

    /// <summary>How uneven that is: the deviation of its logarithm.</summary>
    public double Noise { get; set; }

    /// <summary>How many requests clients have at once.</summary>
    public int Asked { get; set; } = int.MaxValue;

    /// <summary>Which share of requests fails.</summary>
    public double FailedShare { get; set; }

    /// <summary>Lets so many seconds pass; the requests that were answered in a second, on average.</summary>
    public double Run(double seconds)
    {
        long untilNs = _nowNs + (long)(seconds * 1e9);
        int answered = 0;
        while (true)
        {
            while (_inFlight < Math.Min(_limit.Limit, Asked))
            {
                _inFlight++;
                _queued.Enqueue(_nowNs);
            }

            while (_working.Count < Workers && _queued.TryDequeue(out long waiting))
            {
                _working.Enqueue(waiting, _nowNs + (long)(WorkMs * 1e6 * Factor()));
            }

            _working.TryDequeue(out long askedNs, out long doneNs).ShouldBeTrue();
            _nowNs = doneNs;
            if (FailedShare > 0 && _random.NextDouble() < FailedShare)
            {
                _limit.OnDrop(_nowNs, _inFlight);
            }
            else
            {
                _limit.OnAnswer(askedNs, _nowNs, _inFlight);
            }

            _inFlight--;
            answered++;
            if (_nowNs >= untilNs)
            {
                return answered / seconds;
            }
        }
    }

    private double Factor()
    {
        if (Noise == 0)
        {
            return 1;
        }

        double normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
        return Math.Exp(Noise * normal);
    }
}
