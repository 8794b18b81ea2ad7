// Hot: asked for each request where there is one.
using Weir.Modules.Limiting;

namespace Weir.Modules.RateLimit;

/// <summary>
/// Keys that were refused so often that nothing of theirs passes for a time. Refusals are tokens of a bucket of their own; a ban is a
/// bucket of one token that takes as long to come back as the ban lasts. So both lie in fixed memory.
/// </summary>
internal sealed class Penalty
{
    private readonly TokenBuckets _refusals;
    private readonly TokenBuckets _bans;

    public Penalty(PenaltyOptions options, int entries)
    {
        _refusals = new TokenBuckets(entries, options.Refusals / options.Within.TotalSeconds, options.Refusals);
        _bans = new TokenBuckets(entries, 1 / options.For.TotalSeconds, 1);
    }

    /// <summary>How much longer a key is banned, in nanoseconds; 0: it is not.</summary>
    public long LeftNs(ulong key, long nowNs) => _bans.Peek(key, nowNs).WaitNs;

    /// <summary>A request of a key was refused; true when it is banned from now on.</summary>
    public bool Note(ulong key, long nowNs) => !_refusals.Spend(key, nowNs).IsAllowed && _bans.Spend(key, nowNs).IsAllowed;
}
