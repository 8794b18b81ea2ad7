using System.Diagnostics;
using System.Text;
using Weir.Config.Tests.Modules;

namespace Weir.Config.Tests.Fuzzing;

public sealed class LargeInputTests
{
    public static TheoryData<string, string> Pieces() => new()
    {
        { "open lists", "[" },
        { "open maps", "{" },
        { "dashes", "- " },
        { "questions", "? " },
        { "keys", "a: " },
        { "anchors", "&a " },
        { "entries", "a,\n" },
        { "lines", "- a\n" },
        { "words", "word " },
        { "quotes", "'' " },
        { "variables", "${A:-b} " },
        { "comments", "#\n" },
        { "colons", ":" },
        { "lists in a list", "[a, " },
        { "bad keys", "%: 1\n" },
        { "tabs", "\t" },
        { "nothing", "\0" },
    };

    [Theory]
    [MemberData(nameof(Pieces))]
    public void A_large_file_of_one_piece_is_read_in_bounded_time(string name, string piece)
    {
        StringBuilder text = new();
        while (text.Length < 1 << 18)
        {
            text.Append(piece);
        }

        Stopwatch watch = Stopwatch.StartNew();
        foreach (string head in new[] { "", "sites:\n  ", "trusted_proxies: [", "log: { access: { to: '" })
        {
            ConfigReader.ReadText(head + text, name, FakeCatalog.Instance, _ => null, new NoFiles()).Errors.ShouldNotBeEmpty();
        }

        // Generous for a busy machine; what is cubic or worse takes minutes at this size.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
