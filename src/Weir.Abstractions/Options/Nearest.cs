namespace Weir.Abstractions.Options;

/// <summary>Finds the word that was probably meant.</summary>
public static class Nearest
{
    // A word longer than this is no slip of the fingers, and the distance costs the product of both lengths.
    private const int LongestWord = 64;

    // "warn" means "warning", but "h" could be anything.
    private const int ShortestStem = 3;

    /// <summary>The nearest of the known words, or null when none is near.</summary>
    public static string? Find(string word, IEnumerable<string> known)
    {
        if (word.Length is 0 or > LongestWord)
        {
            return null;
        }

        string written = word.ToLowerInvariant().Replace('-', '_');
        string? nearest = null;
        int least = Math.Max(1, word.Length / 3) + 1;
        foreach (string candidate in known)
        {
            if (candidate.Length > LongestWord)
            {
                continue;
            }

            string other = candidate.ToLowerInvariant().Replace('-', '_');
            bool isAbbreviated = written.Length >= ShortestStem && other.StartsWith(written, StringComparison.Ordinal);
            int distance = isAbbreviated ? 1 : Distance(written, other);
            if (distance < least)
            {
                least = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary>The nearest of the known words, however far it is; the first of several.</summary>
    public static string Of(string word, IEnumerable<string> known)
    {
        string written = word.Length <= LongestWord ? word : word[..LongestWord];
        return known.MinBy(candidate => Distance(written, candidate))!;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that make one word the other.</summary>
    internal static int Distance(string a, string b)
    {
        int[,] steps = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            steps[i, 0] = i;
        }

        for (int j = 0; j <= b.Length; j++)
        {
            steps[0, j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = steps[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                steps[i, j] = Math.Min(replaced, Math.Min(steps[i - 1, j], steps[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    steps[i, j] = Math.Min(steps[i, j], steps[i - 2, j - 2] + 1);
                }
            }
        }

        return steps[a.Length, b.Length];
    }
}
