using System.Diagnostics;
using Weir.Abstractions.Exchanges;

namespace Weir.Http.Fields;

/// <summary>
/// The last addresses of a list that grows to the right, nearest first: what a walk from the trusted end needs. A list of any
/// length fits, because what lies beyond the bound is never asked for.
/// </summary>
internal ref struct HopAddresses
{
    private readonly Span<IpAddress> _ring;
    private int _next;
    private int _count;

    public HopAddresses(Span<IpAddress> ring)
    {
        Debug.Assert(!ring.IsEmpty, "There is room for one address at least.");
        _ring = ring;
    }

    public void Add(IpAddress address)
    {
        _ring[_next] = address;
        _next = _next + 1 == _ring.Length ? 0 : _next + 1;
        _count = Math.Min(_count + 1, _ring.Length);
    }

    /// <summary>Puts the nearest first and returns how many there are.</summary>
    public readonly int Finish()
    {
        if (_count == _ring.Length)
        {
            // The oldest is at _next: rotate it to the front.
            _ring[.._next].Reverse();
            _ring[_next..].Reverse();
            _ring.Reverse();
        }

        _ring[.._count].Reverse();
        return _count;
    }
}
