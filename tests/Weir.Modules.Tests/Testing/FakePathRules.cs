using System.Text;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Tests.Testing;

/// <summary>Removes dot segments, refuses backslashes, %00 and what leaves the root: enough to see that the rules are asked.</summary>
internal sealed class FakePathRules : IPathRules
{
    /// <summary>The paths that were asked for.</summary>
    public List<string> Asked { get; } = [];

    public bool TryNormalise(ReadOnlySpan<byte> path, Span<byte> target, out int written)
    {
        written = 0;
        string text = Encoding.Latin1.GetString(path);
        Asked.Add(text);
        bool isBackslashed = text.Contains('\\') || text.Contains("%5C", StringComparison.OrdinalIgnoreCase);
        if (!text.StartsWith('/') || isBackslashed || text.Contains("%00"))
        {
            return false;
        }

        List<string> kept = [];
        foreach (string segment in text[1..].Replace("%2E", ".", StringComparison.OrdinalIgnoreCase).Split('/'))
        {
            if (segment == ".." && kept.Count == 0)
            {
                return false;
            }

            if (segment == "..")
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (segment != ".")
            {
                kept.Add(segment);
            }
        }

        byte[] normal = Encoding.Latin1.GetBytes("/" + string.Join('/', kept));
        written = normal.Length;
        return normal.AsSpan().TryCopyTo(target);
    }
}
