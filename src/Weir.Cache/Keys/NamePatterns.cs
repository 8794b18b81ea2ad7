// Hot: asked for each parameter where a key leaves some out.
using System.Text;

namespace Weir.Cache.Keys;

/// <summary>Names of parameters, compared with case; one that ends in "*" stands for all that begin so. Immutable.</summary>
public sealed class NamePatterns
{
    private readonly byte[][] _names;
    private readonly byte[][] _prefixes;

    /// <summary>Patterns as they are written.</summary>
    public NamePatterns(IEnumerable<string> patterns)
    {
        string[] all = [.. patterns];
        _names = [.. all.Where(name => !name.EndsWith('*')).Select(Encoding.UTF8.GetBytes)];
        _prefixes = [.. all.Where(name => name.EndsWith('*')).Select(name => Encoding.UTF8.GetBytes(name[..^1]))];
    }

    /// <summary>Whether a name is one of them.</summary>
    public bool Contains(ReadOnlySpan<byte> name)
    {
        foreach (byte[] known in _names)
        {
            if (name.SequenceEqual(known))
            {
                return true;
            }
        }

        foreach (byte[] prefix in _prefixes)
        {
            if (name.StartsWith(prefix))
            {
                return true;
            }
        }

        return false;
    }
}
