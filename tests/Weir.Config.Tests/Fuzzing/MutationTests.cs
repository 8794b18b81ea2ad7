using System.Diagnostics;
using System.Globalization;
using System.Text;
using Weir.Abstractions.Options;
using Weir.Config.Tests.Modules;
using Weir.Config.Writing;

namespace Weir.Config.Tests.Fuzzing;

/// <summary>Mutates a corpus of configurations: whatever comes out is read without an exception, and every error has a place.</summary>
public sealed class MutationTests
{
    private const int DefaultSeconds = 2;

    private static readonly string[] _words =
    [
        "*", "&a ", "*a", "${", "${HOME:-x}", "$${", "}", "{", "[", "]", ": ", "- ", "\t", "\n", "\r", "\"", "'", "#", "|", ">", "---", "...",
        "!!str ",
        "~", "null", "off", "true", "0", "-1", "99999999999999999999", "1e9", "10s", "64KiB", "100/s", "<<: *a", "? ", "%", "@", "`",
        "\0", "\uFEFF",
        "\uD800", "é", "\u2028", "~ (", "to: app", "include: '*.yaml'", "http://[::1]:80", "  ", "\\", "\u0085",
    ];

    [Fact]
    public void Mutated_configurations_never_make_the_reader_throw()
    {
        int seed = Environment.GetEnvironmentVariable("WEIR_FUZZ_SEED") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        int seconds = Environment.GetEnvironmentVariable("WEIR_FUZZ_SECONDS") is { } longer
            ? int.Parse(longer, CultureInfo.InvariantCulture)
            : DefaultSeconds;
        string[] corpus = [.. Corpus().Select(file => File.ReadAllText(file, Encoding.UTF8))];
        Random random = new(seed);
        Stopwatch watch = Stopwatch.StartNew();
        int runs = 0;
        while (watch.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            string text = Mutate(corpus, random);
            runs++;
            Check(text, $"seed {seed}, run {runs}");
        }

        runs.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Every_file_of_the_corpus_is_read_without_an_exception()
    {
        string[] files = [.. Corpus()];
        files.Length.ShouldBeGreaterThan(40);
        foreach (string file in files)
        {
            Check(File.ReadAllText(file), file);
        }
    }

    private static IEnumerable<string> Corpus() =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Golden"), "*.yaml").Order(StringComparer.Ordinal);

    private static void Check(string text, string what)
    {
        ConfigResult result;
        try
        {
            result = ConfigReader.ReadText(text, "fuzz.yaml", FakeCatalog.Instance, _ => null, new NoFiles());
            if (result.Config is { } config)
            {
                EffectiveConfig.Write(config).ShouldNotBeEmpty();
            }
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{what}: {Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}", exception);
        }

        (result.Config is null || result.Errors.All(error => error.IsWarning)).ShouldBeTrue(what);
        foreach (ConfigError error in result.Errors)
        {
            bool isWhole = error.Line > 0 && error.Column > 0 && error.Cause.Length > 0 && error.Remedy.Length > 0;
            isWhole.ShouldBeTrue($"{what}: {error}\n{text}");
        }
    }

    private static string Mutate(string[] corpus, Random random)
    {
        StringBuilder text = new(corpus[random.Next(corpus.Length)]);
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            MutateOnce(text, corpus, random);
        }

        return text.ToString();
    }

    private static void MutateOnce(StringBuilder text, string[] corpus, Random random)
    {
        int place = random.Next(text.Length + 1);
        int room = text.Length - place;
        switch (random.Next(7))
        {
            case 0:
                text.Insert(place, _words[random.Next(_words.Length)]);
                break;
            case 1:
                text.Remove(place, Math.Min(room, random.Next(1, 12)));
                break;
            case 2:
                text.Insert(place, text.ToString(place, Math.Min(room, random.Next(1, 200))));
                break;
            case 3:
                string other = corpus[random.Next(corpus.Length)];
                int from = random.Next(other.Length + 1);
                text.Insert(place, other.AsSpan(from, Math.Min(other.Length - from, random.Next(1, 100))));
                break;
            case 4 when room > 0:
                text[place] = (char)random.Next(0x80);
                break;
            case 5:
                text.Remove(place, room);
                break;
            default:
                text.Insert(place, _words[random.Next(_words.Length)], random.Next(1, 40));
                break;
        }
    }
}
