using System.Text;
using Weir.Codings;

namespace Weir.Modules;

/// <summary>Content codings as options name them.</summary>
internal static class CodingNames
{
    // By what they cost at their default levels, for the same ratio (docs/decisions/0016-content-codings.md).
    private static readonly ContentCoding[] _written = [ContentCoding.Zstd, ContentCoding.Gzip, ContentCoding.Brotli];
    private static readonly ContentCoding[] _read = [ContentCoding.Gzip, ContentCoding.Brotli, ContentCoding.Zstd, ContentCoding.Deflate];

    /// <summary>The codings to write, in the order of their names; without names all that this machine can write.</summary>
    public static ContentCoding[] Written(CheckedBuilder check, IReadOnlyList<string> names) =>
        Find(check, names, _written, NativeCodings.CanWrite);

    /// <summary>The codings to read; without names all that this machine can read.</summary>
    public static ContentCoding[] Read(CheckedBuilder check, IReadOnlyList<string> names) =>
        Find(check, names, _read, NativeCodings.CanRead);

    private static ContentCoding[] Find(
        CheckedBuilder check, IReadOnlyList<string> names, ContentCoding[] possible, Predicate<ContentCoding> isHere)
    {
        if (names.Count == 0)
        {
            return [.. possible.Where(coding => isHere(coding))];
        }

        List<ContentCoding> found = [];
        foreach (string name in names)
        {
            if (!ContentCodings.TryParse(Encoding.ASCII.GetBytes(name), out ContentCoding coding) || !possible.Contains(coding))
            {
                string known = string.Join(", ", possible[..^1].Select(NameOf));
                check.Error(
                    "codings", $"\"{name}\" is none of the codings that may stand here.", $"Write {known} or {NameOf(possible[^1])}.");
            }
            else if (!isHere(coding))
            {
                check.Error("codings", $"{name} needs {NativeCodings.LibraryOf(coding)}, which this machine lacks.", $"Install it, or leave {name} out.");
            }
            else if (found.Contains(coding))
            {
                check.Error("codings", $"{name} stands there twice.", "Name each coding once, the preferred one first.");
            }
            else
            {
                found.Add(coding);
            }
        }

        return [.. found];
    }

    private static string NameOf(ContentCoding coding) => Encoding.ASCII.GetString(ContentCodings.Name(coding));
}
