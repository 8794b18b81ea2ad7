namespace Weir.Pipeline.AccessLogging;

/// <summary>Finds the name that somebody probably meant.</summary>
internal static class NearestName
{
    /// <summary>The candidate with the smallest edit distance; the first of several.</summary>
    internal static string Of(string written, IReadOnlyList<string> candidates) =>
        candidates.MinBy(candidate => Distance(written, candidate))!;

    // Levenshtein's distance with two rows; what is written is cut, since nothing that long is near a name.
    private static int Distance(string written, string candidate)
    {
        string left = written.Length <= 64 ? written : written[..64];
        int[] above = [.. Enumerable.Range(0, candidate.Length + 1)];
        int[] row = new int[candidate.Length + 1];
        for (int i = 0; i < left.Length; i++)
        {
            row[0] = i + 1;
            for (int j = 0; j < candidate.Length; j++)
            {
                int replaced = above[j] + (left[i] == candidate[j] ? 0 : 1);
                row[j + 1] = Math.Min(replaced, Math.Min(above[j + 1], row[j]) + 1);
            }

            (above, row) = (row, above);
        }

        return above[candidate.Length];
    }
}
