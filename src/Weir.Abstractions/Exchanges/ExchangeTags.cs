namespace Weir.Abstractions.Exchanges;

/// <summary>
/// Names that modules put on exchanges for those below and above them: each is a bit of <see cref="Exchange.Tags"/>. A name keeps its bit
/// as long as the process lives, so that it means the same before and after a reload. Guarded by its own lock; loops never ask it.
/// </summary>
public static class ExchangeTags
{
    /// <summary>How many names a process can have.</summary>
    public const int Most = 64;

    private static readonly Lock _lock = new();
    private static readonly List<string> _names = [];

    /// <summary>The bit of a name, which it gets when it is first asked for; false when all bits are taken.</summary>
    public static bool TryFind(string name, out ulong tag)
    {
        lock (_lock)
        {
            int index = _names.IndexOf(name);
            if (index < 0 && _names.Count < Most)
            {
                index = _names.Count;
                _names.Add(name);
            }

            tag = index < 0 ? 0 : 1UL << index;
            return index >= 0;
        }
    }

    /// <summary>The names of some bits, in the order in which they were first asked for. Allocates: for logs and traces.</summary>
    public static string[] NamesOf(ulong tags)
    {
        lock (_lock)
        {
            return [.. _names.Where((_, index) => (tags & (1UL << index)) != 0)];
        }
    }
}
