using Weir.Expressions.Checking;

namespace Weir.Expressions.Evaluation;

/// <summary>Something with entries; it is never evaluated itself.</summary>
internal sealed class MapNode : Node
{
    public MapNode(MapSource source) => Source = source;

    public override ValueKind Kind => ValueKind.Map;

    /// <summary>Whose entries.</summary>
    public MapSource Source { get; }
}
