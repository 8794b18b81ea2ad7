namespace Weir.Telemetry.Events;

/// <summary>The names of levels in configuration and logs.</summary>
public static class EventLevels
{
    private static readonly string[] _names = ["debug", "info", "warning", "error"];

    /// <summary>Every name, from chatty to quiet.</summary>
    public static IReadOnlyList<string> Names => _names;

    /// <summary>The name of a level.</summary>
    public static string Name(EventLevel level) => _names[(int)level];

    /// <summary>Reads a name; only the exact lower-case ones are known.</summary>
    public static bool TryParse(string name, out EventLevel level)
    {
        int index = Array.IndexOf(_names, name);
        level = (EventLevel)Math.Max(index, 0);
        return index >= 0;
    }
}
