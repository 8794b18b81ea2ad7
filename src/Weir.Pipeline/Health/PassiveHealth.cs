using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Health;

/// <summary>
/// What exchanges have learnt of a server: its last failures, and until when it is set aside. Shared by all loops: failures are noted under
/// a lock, whether it is set aside is one atomic read, and a success touches nothing.
/// </summary>
public sealed class PassiveHealth
{
    // A server that is set aside for the nth time in a row stays there n times as long, but no longer than this.
    private const long MaxGrownMs = 300_000;

    // Failures that are fewer than this among its tries are those of single requests, not the server's.
    private const double LeastShare = 0.1;

    private readonly Lock _lock = new();
    private FailureMark[] _marks = [];
    private int _oldest;
    private int _marked;
    private int _inARow;
    private long _ejectedAtMs;
    private long _ejectedUntilMs;

    /// <summary>How often it was set aside.</summary>
    public int Ejections { get; private set; }

    /// <summary>When the last time aside ends, or ended: monotonic, in milliseconds; 0: there was none.</summary>
    public long EjectedUntilMs => Volatile.Read(ref _ejectedUntilMs);

    /// <summary>The share of its tries that failed when it was last set aside, 0 to 1.</summary>
    public double EjectedFor { get; private set; }

    /// <summary>Whether it is set aside.</summary>
    public bool IsEjected(long nowMs) => Volatile.Read(ref _ejectedUntilMs) > nowMs;

    /// <summary>
    /// Notes a failure. More than 0: there were enough of them within the window to set the server aside, and this is their share of its
    /// tries since the first of them.
    /// </summary>
    /// <param name="nowMs">The monotonic time.</param>
    /// <param name="tries">How often it was tried in all.</param>
    /// <param name="policy">What is enough.</param>
    public double OnFailure(long nowMs, long tries, PassiveHealthPolicy policy)
    {
        lock (_lock)
        {
            if (_marks.Length != policy.Failures)
            {
                _marks = new FailureMark[policy.Failures];
                Forget();
            }

            Mark(new FailureMark(nowMs, tries));
            FailureMark first = _marks[_oldest];
            if (_marked < _marks.Length || nowMs - first.AtMs > policy.WindowMs)
            {
                return 0;
            }

            double share = _marks.Length / (double)Math.Max(tries - first.Tries + 1, _marks.Length);
            return share >= LeastShare ? share : 0;
        }
    }

    /// <summary>Sets the server aside until then.</summary>
    public void Eject(long untilMs) => Begin(nowMs: 0, untilMs, share: 1);

    /// <summary>Sets the server aside, the longer the more often it happens; says for how long.</summary>
    public int Eject(long nowMs, double share, PassiveHealthPolicy policy)
    {
        lock (_lock)
        {
            // Each ejection's time that it was of use since forgives one.
            long forgiven = Math.Max(nowMs - _ejectedUntilMs, 0) / policy.EjectMs;
            _inARow = (int)Math.Max(_inARow - forgiven, 0) + 1;
            long ms = Math.Min((long)policy.EjectMs * _inARow, Math.Max(policy.EjectMs, MaxGrownMs));
            Begin(nowMs, nowMs + ms, share);
            return (int)ms;
        }
    }

    /// <summary>
    /// Ends its time aside now, if that began before a check that has passed did. False: there is none, or it is younger.
    /// </summary>
    public bool TryEndEarly(long checkedMs, long nowMs)
    {
        lock (_lock)
        {
            if (!IsEjected(nowMs) || _ejectedAtMs > checkedMs)
            {
                return false;
            }

            Volatile.Write(ref _ejectedUntilMs, nowMs);
            Forget();
        }

        FitnessEpoch.Advance();
        return true;
    }

    private void Begin(long nowMs, long untilMs, double share)
    {
        lock (_lock)
        {
            _ejectedAtMs = nowMs;
            Volatile.Write(ref _ejectedUntilMs, untilMs);
            EjectedFor = share;
            Ejections++;
            Forget();
        }

        FitnessEpoch.Advance();
    }

    // A ring: once it is full, the newest mark takes the oldest one's place.
    private void Mark(FailureMark mark)
    {
        if (_marked < _marks.Length)
        {
            _marks[_marked++] = mark;
            return;
        }

        _marks[_oldest] = mark;
        _oldest = (_oldest + 1) % _marks.Length;
    }

    private void Forget()
    {
        _oldest = 0;
        _marked = 0;
    }

    private readonly record struct FailureMark(long AtMs, long Tries);
}
