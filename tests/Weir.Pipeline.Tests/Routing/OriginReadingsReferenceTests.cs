using System.Text;
using System.Text.RegularExpressions;
using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Tests.Routing;

/// <summary>The readings of a path against all combinations of the same steps written with strings.</summary>
public sealed class OriginReadingsReferenceTests
{
    private static readonly string[] _pieces = ["a", "b", "/", "/", "//", ";", ";x", "%2F", "%2f", "%3B", "..", ".", "%20"];

    [Theory]
    [InlineData(1)]
    [InlineData(20261121)]
    public void Random_paths_have_the_readings_of_the_obvious_reference(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < 1500; i++)
        {
            string path = "/" + string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => _pieces[random.Next(_pieces.Length)]));
            (HashSet<string> expected, bool isAboveRoot) = Reference(path);
            (HashSet<string> found, bool foundAboveRoot) = Found(path);
            found.Remove(path);
            found.ShouldBe(expected, ignoreOrder: true, $"seed {seed}, {path}");
            foundAboveRoot.ShouldBe(isAboveRoot, $"seed {seed}, {path}");
            if (expected.Count > 0 && RemoveDots(path) == path)
            {
                OriginReadings.MayDiffer(Encoding.ASCII.GetBytes(path)).ShouldBeTrue($"seed {seed}, {path}");
            }
        }
    }

    private static (HashSet<string> Readings, bool IsAboveRoot) Found(string path)
    {
        HashSet<string> found = [];
        bool isAboveRoot = false;
        OriginReadings readings = new(Encoding.ASCII.GetBytes(path), new byte[path.Length]);
        while (readings.MoveNext())
        {
            isAboveRoot |= readings.IsAboveRoot;
            if (!readings.IsAboveRoot)
            {
                found.Add(Encoding.ASCII.GetString(readings.Current));
            }
        }

        return (found, isAboveRoot);
    }

    private static (HashSet<string> Readings, bool IsAboveRoot) Reference(string path)
    {
        HashSet<string> readings = [];
        bool isAboveRoot = false;
        for (int number = 0; number < 36; number++)
        {
            string? reading = path;
            reading = number % 3 == 1 ? Regex.Replace(reading, ";[^/]*", "") : reading;
            reading = number / 3 % 2 == 1 ? reading.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) : reading;
            reading = number % 3 == 2 ? Regex.Replace(reading, "(;|%3[Bb])[^/]*", "") : reading;
            reading = number / 6 % 3 == 1 ? Regex.Replace(reading, "/+", "/") : reading;
            reading = number / 18 == 1 ? RemoveDots(reading) : reading;
            isAboveRoot |= reading is null;
            if (reading is not null)
            {
                readings.Add(number / 6 % 3 == 2 ? Regex.Replace(reading, "/+", "/") : reading);
            }
        }

        readings.Remove(path);
        return (readings, isAboveRoot);
    }

    private static string? RemoveDots(string path)
    {
        List<string> kept = [];
        string[] segments = path.Split('/')[1..];
        foreach (string segment in segments)
        {
            if (segment == ".." && kept.Count == 0)
            {
                return null;
            }

            if (segment == "..")
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (segment != ".")
            {
                kept.Add(segment);
            }
        }

        if (segments[^1] is "." or "..")
        {
            kept.Add("");
        }

        return "/" + string.Join('/', kept);
    }
}
