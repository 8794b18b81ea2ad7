using Weir.Config.Model;

namespace Weir.Config.Yaml;

/// <summary>A sequence.</summary>
internal sealed record ListNode(Position Position, IReadOnlyList<Node> Items) : Node(Position)
{
    internal override string Kind => "a list";
}
