using Weir.Abstractions.Modules;
using Weir.Http.Http1;
using Weir.Http.Semantics;

namespace Weir.Pipeline.Plans;

/// <summary>The codec's path rules, as modules may use them.</summary>
internal sealed class PathRules : IPathRules
{
    public static PathRules Instance { get; } = new();

    public bool TryNormalise(ReadOnlySpan<byte> path, Span<byte> target, out int written)
    {
        written = 0;
        return target.Length >= path.Length && PathNormaliser.Normalise(path, target, out written) == RejectReason.None;
    }
}
