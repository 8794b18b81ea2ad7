namespace Weir.Config.Model;

/// <summary>The empty map of a kind, shared.</summary>
/// <typeparam name="T">What the map's names stand for.</typeparam>
internal static class OptionMap<T>
{
    /// <summary>No entries.</summary>
    internal static IReadOnlyDictionary<string, T> Empty { get; } = new OrderedDictionary<string, T>(StringComparer.Ordinal);
}
