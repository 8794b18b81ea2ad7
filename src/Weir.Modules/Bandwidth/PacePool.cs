// Hot: lends a pace to each direction of an exchange that has one.
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Bandwidth;

/// <summary>Free paces of each loop. A list is used on its loop only; the lists are added under a lock.</summary>
internal sealed class PacePool
{
    private readonly Lock _adding = new();
    private volatile Stack<Pace>?[] _loops = [];

    public Pace Rent(LoopServices loop)
    {
        Stack<Pace>?[] loops = _loops;
        Stack<Pace> free = loop.Index < loops.Length && loops[loop.Index] is { } known ? known : Add(loop.Index);
        return free.TryPop(out Pace? pace) ? pace : new Pace(free);
    }

    private Stack<Pace> Add(int index)
    {
        lock (_adding)
        {
            Stack<Pace>?[] loops = [.. _loops];
            Array.Resize(ref loops, Math.Max(loops.Length, index + 1));
            Stack<Pace> free = loops[index] = new Stack<Pace>();
            _loops = loops;
            return free;
        }
    }
}
