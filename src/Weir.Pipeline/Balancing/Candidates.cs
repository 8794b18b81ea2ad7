// Hot: read by every pick. Worked out anew at most once a millisecond, so that a pick does not look at the health of every server.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Exchanges;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// The servers that a loop may pick now, with their weights and what the loop has in flight to them. It belongs to one loop. A candidate
/// is named by its position, from 0 to <see cref="Count"/>; positions hold for one pick.
/// </summary>
public sealed class Candidates
{
    // Up to here a walk over the sums beats a binary search.
    private const int WalkedCount = 16;
    private const int HastyDraws = 4;

    private readonly int _loop;
    private ServerSet? _set;
    private long _atMs;
    private int _epoch;
    private ulong _total;
    private ulong[] _ends = [];
    private int[] _weights = [];
    private int[] _homes = [];
    private int[] _positions = [];
    private long[] _scores = [];
    private ServerState[] _servers = [];
    private OriginPool[] _pools = [];

    internal Candidates(int loop) => _loop = loop;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Which servers they are.</summary>
    public CandidateTier Tier { get; private set; }

    /// <summary>Whether all weigh the same.</summary>
    public bool IsUniform { get; private set; }

    /// <summary>Whether one of them came back a short time ago and is spared.</summary>
    public bool HasSpared { get; private set; }

    /// <summary>The weights of all together, in <see cref="ServerState.WeightUnit"/>s.</summary>
    public ulong TotalWeight => _total;

    /// <summary>What the policy worked out for the list of servers.</summary>
    public object? Prepared => _set!.Prepared;

    /// <summary>The servers that an operator has left ready, and of which panic is judged.</summary>
    internal int ReadyCount { get; private set; }

    /// <summary>Those of them that are well.</summary>
    internal int WellCount { get; private set; }

    internal bool IsPanic => Tier == CandidateTier.Everyone;

    /// <summary>The server at a position.</summary>
    public ServerState ServerAt(int position) => _servers[position];

    /// <summary>Its weight now, in <see cref="ServerState.WeightUnit"/>s: less than its whole one while it is spared.</summary>
    public int WeightAt(int position) => _weights[position];

    /// <summary>Exchanges that this loop has in flight to it.</summary>
    public int LoadAt(int position) => _pools[position].ActiveCount;

    /// <summary>Whether it came back a short time ago and is spared.</summary>
    public bool IsSparedAt(int position) => HasSpared && _weights[position] < _servers[position].Weight * ServerState.WeightUnit;

    /// <summary>What this loop has counted of it.</summary>
    public ServerTally TallyAt(int position) => _servers[position].TallyOf(_loop);

    /// <summary>A number that a policy keeps for the server on this loop, until the list of servers changes.</summary>
    public ref long ScoreAt(int position) => ref _scores[_homes[position]];

    /// <summary>Its index in the whole list of servers.</summary>
    public int HomeOf(int position) => _homes[position];

    /// <summary>The position of the server with that index in the whole list; -1: it is no candidate.</summary>
    public int PositionOf(int home) => _positions[home];

    /// <summary>Whether this exchange may go there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Allows(int position, in TriedServers tried) => tried.IsEmpty || !tried.Contains(_servers[position]);

    /// <summary>One of them by weight. There must be one.</summary>
    public int Draw(uint random) =>
        IsUniform ? (int)(((ulong)random * (uint)Count) >> 32) : Find((random * _total) >> 32);

    /// <summary>One of the others, by weight. There must be two.</summary>
    public int DrawOther(int first, uint random)
    {
        if (IsUniform)
        {
            int other = (int)(((ulong)random * (uint)(Count - 1)) >> 32);
            return other < first ? other : other + 1;
        }

        uint weight = (uint)_weights[first];
        ulong ticket = (random * (_total - weight)) >> 32;
        return Find(ticket < _ends[first] - weight ? ticket : ticket + weight);
    }

    /// <summary>One of those that are allowed, by weight; -1: there is none.</summary>
    public int DrawAllowed(ulong random, in TriedServers tried)
    {
        if (Count == 0)
        {
            return -1;
        }

        for (int i = 0; i < HastyDraws; i++)
        {
            // To draw again is to draw among the allowed ones, with the same shares.
            int drawn = Draw((uint)random);
            if (Allows(drawn, tried))
            {
                return drawn;
            }

            random = (random * 0x9E37_79B9_7F4A_7C15) ^ (random >> 32);
        }

        return DrawCounting((uint)random, tried);
    }

    /// <summary>Two different ones that are allowed, by weight. False: there is none.</summary>
    /// <param name="random">A lot; both halves are used.</param>
    /// <param name="tried">Those that are not allowed.</param>
    /// <param name="first">The one that is taken if nothing speaks for the other.</param>
    /// <param name="second">The other one; the first again where there is no other, or the lot fell on one that is not allowed.</param>
    public bool TryDrawTwo(ulong random, in TriedServers tried, out int first, out int second)
    {
        first = DrawAllowed(random, tried);
        second = first;
        if (first < 0)
        {
            return false;
        }

        if (Count > 1)
        {
            int other = DrawOther(first, (uint)(random >> 32));
            second = Allows(other, tried) ? other : first;
        }

        return true;
    }

    /// <summary>What the loop has in flight to all of them.</summary>
    public long TotalLoad()
    {
        long load = 0;
        for (int i = 0; i < Count; i++)
        {
            load += _pools[i].ActiveCount;
        }

        return load;
    }

    internal bool Holds(ServerSet set, long nowMs) =>
        ReferenceEquals(_set, set) && _atMs == nowMs && _epoch == FitnessEpoch.Value;

    /// <summary>Works out who may be picked now.</summary>
    internal void Refresh(ServerSet set, long nowMs, double panicShare, LoopServices? loop)
    {
        // Read before the servers are looked at: a change in the middle makes the result stale at once.
        _epoch = FitnessEpoch.Value;
        _atMs = nowMs;
        if (!ReferenceEquals(_set, set))
        {
            Adopt(set, loop);
        }

        Clear(CandidateTier.Primaries);
        int ready = AddReady(set.Primaries, nowMs, onlyWell: true);
        int well = Count;
        if (Count == 0)
        {
            Clear(CandidateTier.Backups);
            int readyBackups = AddReady(set.Backups, nowMs, onlyWell: true);
            ready = ready == 0 ? readyBackups : ready;
        }

        ReadyCount = ready;
        WellCount = Count;

        // Backups that stand in for all primaries are what they are for, and no reason to ask servers that fail.
        bool isReserveUsed = well == 0 && Count > 0;
        if (!isReserveUsed && well < ready * panicShare)
        {
            Clear(CandidateTier.Everyone);
            AddReady(set.Everyone, nowMs, onlyWell: false);
        }

        Sum();
    }

    private void Adopt(ServerSet set, LoopServices? loop)
    {
        int count = set.Everyone.Length;
        _set = set;
        _servers = new ServerState[count];
        _pools = new OriginPool[count];
        _weights = new int[count];
        _ends = new ulong[count];
        _homes = new int[count];
        _positions = new int[count];
        _scores = new long[count];
        if (count > 0 && loop is not null)
        {
            // Loops must not walk in step, or each server gets its requests in bursts of one from every loop.
            _scores[(int)(loop.NextRandom() % (ulong)count)] = 1;
        }
    }

    private void Clear(CandidateTier tier)
    {
        Tier = tier;
        Count = 0;
        HasSpared = false;
    }

    private int AddReady(ServerState[] servers, long nowMs, bool onlyWell)
    {
        int ready = 0;
        foreach (ServerState server in servers)
        {
            if (server.AdminState != AdminState.Ready)
            {
                continue;
            }

            ready++;
            if (!onlyWell || server.IsWell(nowMs))
            {
                int weight = server.EffectiveWeight(nowMs);
                HasSpared |= weight < server.Weight * ServerState.WeightUnit;
                _servers[Count] = server;
                _weights[Count] = weight;
                Count++;
            }
        }

        return ready;
    }

    private void Sum()
    {
        // Candidates stand in the order of the whole list, so one walk over it finds them all.
        Array.Fill(_positions, -1);
        ServerState[] everyone = _set!.Everyone;
        _total = 0;
        IsUniform = true;
        for (int i = 0, home = 0; i < Count; i++, home++)
        {
            while (!ReferenceEquals(everyone[home], _servers[i]))
            {
                home++;
            }

            _homes[i] = home;
            _positions[home] = i;
            _pools[i] = _servers[i].PoolOf(_loop);
            _total += (uint)_weights[i];
            _ends[i] = _total;
            IsUniform &= _weights[i] == _weights[0];
        }
    }

    private int Find(ulong ticket)
    {
        if (Count <= WalkedCount)
        {
            int at = 0;
            while (at < Count - 1 && _ends[at] <= ticket)
            {
                at++;
            }

            return at;
        }

        int low = 0;
        int high = Count - 1;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_ends[middle] <= ticket)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private int DrawCounting(uint random, in TriedServers tried)
    {
        ulong allowed = 0;
        for (int i = 0; i < Count; i++)
        {
            allowed += Allows(i, tried) ? (uint)_weights[i] : 0u;
        }

        ulong ticket = (random * allowed) >> 32;
        for (int i = 0; i < Count; i++)
        {
            if (!Allows(i, tried))
            {
                continue;
            }

            if (ticket < (uint)_weights[i])
            {
                return i;
            }

            ticket -= (uint)_weights[i];
        }

        return -1;
    }
}
