using Weir.Config.Model;

namespace Weir.Config.Yaml;

/// <summary>A mapping whose keys are scalars, each there once.</summary>
internal sealed record MapNode(Position Position, IReadOnlyList<MapEntry> Entries) : Node(Position)
{
    internal override string Kind => "a map";

    /// <summary>The entry of that key, or null.</summary>
    internal MapEntry? Find(string key)
    {
        foreach (MapEntry entry in Entries)
        {
            if (entry.Key == key)
            {
                return entry;
            }
        }

        return null;
    }
}
