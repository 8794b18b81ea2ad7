namespace Weir.Config.Yaml;

/// <summary>Merges an included file into the one that includes it: map by map; nothing overrides anything.</summary>
internal static class MapMerge
{
    /// <summary>Both maps' keys; a key that both have is merged where both values are maps, else reported.</summary>
    internal static MapNode Merge(MapNode into, MapNode from, ErrorList errors) => Merge(into, from, errors, depth: 0);

    private static MapNode Merge(MapNode into, MapNode from, ErrorList errors, int depth)
    {
        List<MapEntry> entries = [.. into.Entries];
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (int i = 0; i < entries.Count; i++)
        {
            places[entries[i].Key] = i;
        }

        foreach (MapEntry entry in from.Entries)
        {
            // `include` of an included file has been followed by now.
            if (depth == 0 && entry.Key == "include")
            {
                continue;
            }

            if (!places.TryGetValue(entry.Key, out int place))
            {
                entries.Add(entry);
                continue;
            }

            MapEntry first = entries[place];

            // One site, upstream, stack or cache is written in one place: half of it in another file would be found by nobody.
            if (depth == 0 && first.Value is MapNode firstMap && entry.Value is MapNode secondMap)
            {
                entries[place] = first with { Value = Merge(firstMap, secondMap, errors, depth + 1) };
                continue;
            }

            errors.Error(
                entry.Position,
                $"The key \"{ScalarNode.Shorten(entry.Key)}\" is there twice: here in {entry.Position.File} and at {first.Position}.",
                "Remove one of the two; included files add keys and override none.");
        }

        return into with { Entries = entries };
    }
}
