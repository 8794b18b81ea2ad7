// Hot where a limit is learnt: told of each answer.
namespace Weir.Modules.Concurrency;

/// <summary>
/// Learns how many exchanges an origin takes before they queue up there. A window of answers gives a mean time; held against the time that
/// an answer takes when nothing queues, it says how much of what is in flight only waits. The limit moves towards what would not wait, and
/// a square root of it beyond, so that it grows while there is room. Now and then it is halved until what had queued up is gone, and the
/// time that answers take then is what later ones are held against: without that, a queue that always stands would pass for the origin's
/// own time. docs/decisions/0022-adaptive-concurrency.md says what it converges to.
/// </summary>
/// <remarks>One lock for all loops, held for some nanoseconds at each answer: only where a limit is learnt.</remarks>
internal sealed class AdaptiveLimit
{
    private const double NsPerSecond = 1e9;
    private const long WindowNs = 100_000_000;
    private const long LongestWindowNs = 1_000_000_000;

    // Fewer answers say more of chance than of load.
    private const int FewestAnswers = 50;
    private const int FewestAfterLongest = 5;

    // What an answer may take longer than the quickest before the limit falls.
    private const double Tolerance = 1.2;
    private const double SteepestFall = 0.5;
    private const double Step = 0.3;
    private const double AfterDrop = 0.9;
    private const double BaseStep = 0.05;
    private const double ProbeShare = 0.5;
    private const int LongestProbePauseS = 30;

    private readonly Lock _lock = new();
    private AdaptiveOptions _range;
    private double _value;
    private int _limit;
    private double _baseNs;
    private double _sumNs;
    private int _answers;
    private int _drops;
    private int _peak;
    private long _windowEndNs;
    private long _nextProbeNs;
    private double _valueAtProbe;
    private int _probes;
    private Probe _probe;
    private long _probeStartNs;
    private long _drainedByNs;
    private double _valueBeforeProbe;

    public AdaptiveLimit(AdaptiveOptions range)
    {
        _range = range;
        _valueAtProbe = range.Start;
        Set(range.Start);
    }

    private enum Probe : byte
    {
        None,
        Draining,
        Measuring,
    }

    /// <summary>How many may be in flight. Any thread.</summary>
    public int Limit => Volatile.Read(ref _limit);

    /// <summary>Keeps it within other bounds from now on.</summary>
    public void Bound(AdaptiveOptions range)
    {
        lock (_lock)
        {
            _range = range;
            Set(_value);
        }
    }

    /// <summary>An origin has answered; true when more may be in flight than before.</summary>
    /// <param name="sentNs">When it was asked.</param>
    /// <param name="nowNs">Now, on the same clock.</param>
    /// <param name="inFlight">How many are in flight, this one among them.</param>
    public bool OnAnswer(long sentNs, long nowNs, int inFlight)
    {
        lock (_lock)
        {
            int before = _limit;
            if (_probe != Probe.None)
            {
                OnProbe(sentNs, nowNs, inFlight);
                return _limit > before;
            }

            _peak = Math.Max(_peak, inFlight);
            _answers++;
            _sumNs += nowNs - sentNs;
            CloseWindow(nowNs);
            return _limit > before;
        }
    }

    /// <summary>An origin has not answered in time, could not be reached, or has said that it has too much to do.</summary>
    public void OnDrop(long nowNs, int inFlight)
    {
        lock (_lock)
        {
            if (_probe != Probe.None)
            {
                // What fails tells nothing of how long answers take.
                EndProbe(nowNs, 0);
            }

            _peak = Math.Max(_peak, inFlight);
            _drops++;
            CloseWindow(nowNs);
        }
    }

    private void CloseWindow(long nowNs)
    {
        if (_windowEndNs == 0)
        {
            _windowEndNs = nowNs + WindowNs;
            _nextProbeNs = nowNs + (long)NsPerSecond;
        }

        int seen = _answers + _drops;
        bool isLong = nowNs >= _windowEndNs - WindowNs + LongestWindowNs && seen >= FewestAfterLongest;
        if (nowNs < _windowEndNs || (!isLong && seen < Math.Max(FewestAnswers, 2 * _value)))
        {
            return;
        }

        double meanNs = _answers > 0 ? _sumNs / _answers : 0;
        bool isUsed = _peak >= _value / 2;
        if (meanNs > 0)
        {
            LearnBase(meanNs, isUsed);
        }

        if (_drops > 0)
        {
            Set(_value * AfterDrop);
        }
        else if (isUsed)
        {
            Move(meanNs);
        }

        double unqueued = meanNs > 0 ? Math.Min(1, _baseNs / meanNs) : 1;
        BeginWindow(nowNs);
        if (isUsed && (nowNs >= _nextProbeNs || _value < _valueAtProbe / 2))
        {
            BeginProbe(nowNs, unqueued, meanNs);
        }
    }

    // While little is in flight nothing queues, and the mean is the origin's own time, be it more or less than before.
    private void LearnBase(double meanNs, bool isUsed)
    {
        if (_baseNs == 0)
        {
            _baseNs = meanNs;
        }
        else if (meanNs < _baseNs || !isUsed)
        {
            _baseNs += (meanNs - _baseNs) * BaseStep;
        }
    }

    private void Move(double meanNs)
    {
        double share = Math.Clamp(Tolerance * _baseNs / meanNs, SteepestFall, 1);
        double wanted = (_value * share) + Math.Sqrt(_value);
        if (wanted > _value && _peak < (0.9 * _value) - 1)
        {
            // Nobody has needed that many.
            return;
        }

        Set(_value + ((wanted - _value) * Step));
    }

    private void BeginProbe(long nowNs, double unqueued, double meanNs)
    {
        _probe = Probe.Draining;
        _valueBeforeProbe = _value;
        _probeStartNs = nowNs;

        // What is long, a download or a tunnel, keeps its place: then there is nothing to be learnt.
        _drainedByNs = nowNs + Math.Max(WindowNs, (long)(3 * meanNs));
        Set(_value * unqueued * ProbeShare);
    }

    private void OnProbe(long sentNs, long nowNs, int inFlight)
    {
        if (_probe == Probe.Draining)
        {
            if (inFlight <= _limit)
            {
                _probe = Probe.Measuring;
                _probeStartNs = nowNs;
                BeginWindow(nowNs);
            }
            else if (nowNs >= _drainedByNs)
            {
                EndProbe(nowNs, 0);
            }

            return;
        }

        if (sentNs >= _probeStartNs)
        {
            _answers++;
            _sumNs += nowNs - sentNs;
        }

        // The quickest answers come first: only several rounds of them tell the mean.
        bool isWhole = nowNs >= _windowEndNs && _answers >= Math.Max(20, 4 * _value);
        bool isLong = nowNs >= _windowEndNs - WindowNs + LongestWindowNs;
        if (isWhole || (isLong && _answers >= FewestAfterLongest))
        {
            EndProbe(nowNs, _sumNs / _answers);
        }
        else if (nowNs >= _windowEndNs + (10 * LongestWindowNs))
        {
            EndProbe(nowNs, 0);
        }
    }

    private void EndProbe(long nowNs, double baseNs)
    {
        if (baseNs > 0)
        {
            _baseNs = baseNs;
        }

        _probe = Probe.None;
        Set(_valueBeforeProbe);
        _valueAtProbe = _value;
        _probes++;
        _nextProbeNs = nowNs + (long)(Math.Min(LongestProbePauseS, Math.Pow(2, _probes)) * NsPerSecond);
        BeginWindow(nowNs);
    }

    private void BeginWindow(long nowNs)
    {
        _sumNs = 0;
        _answers = 0;
        _drops = 0;
        _peak = 0;
        _windowEndNs = nowNs + WindowNs;
    }

    private void Set(double value)
    {
        _value = Math.Clamp(value, _range.Min, _range.Max);
        Volatile.Write(ref _limit, (int)_value);
    }
}
