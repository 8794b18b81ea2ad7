using Weir.Abstractions.Exchanges;

namespace Weir.Server.Listening;

/// <summary>
/// Evens out what the kernel spreads unevenly over the loops' listeners: a loop well above the mean passes newly accepted sockets on,
/// before the first read. Shared by all loops: each writes its own count, all read all.
/// </summary>
public sealed class LoopBalance
{
    // Passing a socket on costs a wake-up; below this excess it is not worth it.
    private const int SlackConnections = 4;

    // One cache line a loop.
    private const int Padding = 16;

    private readonly Acceptor?[] _acceptors;
    private readonly int[] _counts;

    /// <summary>A balance over that many loops.</summary>
    public LoopBalance(int loops)
    {
        _acceptors = new Acceptor?[loops];
        _counts = new int[loops * Padding];
    }

    /// <summary>Registers a loop's acceptor, before any connection comes.</summary>
    public void Register(int loop, Acceptor acceptor) => _acceptors[loop] = acceptor;

    /// <summary>Notes this loop's connections.</summary>
    internal void Note(int loop, int connections) => Volatile.Write(ref _counts[loop * Padding], connections);

    /// <summary>Notes this loop's connections and names the acceptor that should take the next one instead, if any.</summary>
    internal LoopTarget? PickOther(int loop, int connections)
    {
        Volatile.Write(ref _counts[loop * Padding], connections);
        int least = loop;
        int leastCount = connections;
        long total = 0;
        for (int i = 0; i < _acceptors.Length; i++)
        {
            int count = Volatile.Read(ref _counts[i * Padding]);
            total += count;
            if (count < leastCount)
            {
                least = i;
                leastCount = count;
            }
        }

        long mean = total / _acceptors.Length;
        if (least == loop || connections <= mean + (mean / 8) + SlackConnections || _acceptors[least] is not { } acceptor)
        {
            return null;
        }

        // The other loop will write its own count when it is there; until then several sockets must not all see the old one.
        Interlocked.Increment(ref _counts[least * Padding]);
        return new LoopTarget(acceptor);
    }

    internal readonly struct LoopTarget
    {
        private readonly Acceptor _acceptor;

        public LoopTarget(Acceptor acceptor) => _acceptor = acceptor;

        public void Take(int fd, IpAddress peer, int peerPort) => _acceptor.TakeFromOther(fd, peer, peerPort);
    }
}
