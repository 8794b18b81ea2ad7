namespace Weir.Abstractions.Exchanges;

/// <summary>
/// The claims of tokens that something in the process asks for: each name is a number in <see cref="ExchangeClaims"/>. A name keeps its
/// number as long as the process lives, so that it means the same before and after a reload. Guarded by its own lock; loops read the list
/// only.
/// </summary>
public static class ClaimNames
{
    /// <summary>How many names a process can have.</summary>
    public const int Most = 64;

    private static readonly Lock _lock = new();
    private static volatile string[] _names = [];

    /// <summary>The names, by their numbers. Only ever longer.</summary>
    public static IReadOnlyList<string> All => _names;

    /// <summary>How many there are.</summary>
    public static int Count => _names.Length;

    /// <summary>The number of a name, which it gets when it is first asked for; false when there are too many.</summary>
    public static bool TryFind(string name, out int index)
    {
        lock (_lock)
        {
            index = Array.IndexOf(_names, name);
            if (index < 0 && _names.Length < Most)
            {
                index = _names.Length;
                _names = [.. _names, name];
            }

            return index >= 0;
        }
    }
}
