namespace Weir.Hosting;

/// <summary>What happened to the things of one kind in a reload.</summary>
/// <param name="Added">Names of those that are new.</param>
/// <param name="Removed">Names of those that are gone.</param>
/// <param name="Changed">Names of those that go on with other options.</param>
/// <param name="Kept">How many go on untouched.</param>
public sealed record ReloadTouches(IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed, int Kept)
{
    private const int MostNames = 8;

    /// <summary>Nothing of the kind.</summary>
    public static ReloadTouches None { get; } = new([], [], [], 0);

    /// <summary>Adds "listeners: +:8081 -:8082 ~:8080" where there is something to say.</summary>
    internal void Describe(string kind, List<string> parts)
    {
        if (Added.Count + Removed.Count + Changed.Count == 0)
        {
            return;
        }

        List<string> names = [.. Added.Select(name => "+" + name), .. Removed.Select(name => "-" + name), .. Changed.Select(name => "~" + name)];
        string more = names.Count > MostNames ? $" and {names.Count - MostNames} more" : "";
        parts.Add($"{kind}: {string.Join(' ', names.Take(MostNames))}{more}");
    }
}
