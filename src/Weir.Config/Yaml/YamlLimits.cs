namespace Weir.Config.Yaml;

/// <summary>What a configuration may cost to read, whatever is in it: aliases and variables make small files large.</summary>
internal sealed class YamlLimits
{
    /// <summary>The largest file.</summary>
    internal const int MostOctets = 4 << 20;

    /// <summary>The deepest nesting, aliases included.</summary>
    internal const int MostDepth = 64;

    /// <summary>The most files of one configuration.</summary>
    internal const int MostFiles = 1000;

    private const int MostNodes = 200_000;
    private const int MostExpandedChars = 16 << 20;

    private int _nodes;
    private int _expandedChars;

    /// <summary>Counts nodes; false when there are too many.</summary>
    internal bool TakeNodes(int count)
    {
        _nodes = (int)Math.Min((long)_nodes + count, MostNodes + 1);
        return _nodes <= MostNodes;
    }

    /// <summary>Counts what variables bring; false when it is too much.</summary>
    internal bool TakeExpanded(int count)
    {
        _expandedChars = (int)Math.Min((long)_expandedChars + count, MostExpandedChars + 1);
        return _expandedChars <= MostExpandedChars;
    }
}
