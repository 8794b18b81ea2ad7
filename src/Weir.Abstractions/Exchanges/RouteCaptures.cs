using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Exchanges;

/// <summary>Where the groups of a route's regular expression matched in the path. Belongs to one exchange.</summary>
public sealed class RouteCaptures
{
    /// <summary>The highest group that is kept.</summary>
    public const int MaxGroup = 9;

    private readonly ByteSlice[] _groups = new ByteSlice[MaxGroup];
    private int _used;

    /// <summary>
    /// The place of a group, from 1, counted in octets from the path's start; empty when it matched nothing or is not kept.
    /// </summary>
    public ByteSlice this[int group] => group >= 1 && group <= _used ? _groups[group - 1] : default;

    /// <summary>Records a group; groups above <see cref="MaxGroup"/> are ignored.</summary>
    public void Set(int group, int offset, int length)
    {
        if (group is < 1 or > MaxGroup)
        {
            return;
        }

        for (; _used < group; _used++)
        {
            _groups[_used] = default;
        }

        _groups[group - 1] = new ByteSlice(offset, length);
    }

    /// <summary>Forgets all groups.</summary>
    public void Clear() => _used = 0;
}
