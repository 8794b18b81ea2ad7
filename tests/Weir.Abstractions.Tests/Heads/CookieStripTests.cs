using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Tests.Heads;

/// <summary>Proves that our cookie is found and taken out, and that the others stay octet for octet.</summary>
public sealed class CookieStripTests
{
    [Theory]
    [InlineData("weir_srv=x", null)]
    [InlineData("weir_srv=", null)]
    [InlineData(" weir_srv=x ", null)]
    [InlineData("a=1; weir_srv=x", "a=1")]
    [InlineData("weir_srv=x; a=1", "a=1")]
    [InlineData("weir_srv=x;a=1;  b=2", "a=1;  b=2")]
    [InlineData("a=1; weir_srv=x; b=2", "a=1; b=2")]
    [InlineData("a=1;weir_srv=x;b=2", "a=1;b=2")]
    [InlineData("a=1; weir_srv=x; weir_srv=y; b=2", "a=1; b=2")]
    [InlineData("a=weir_srv=x; Weir_srv=1; xweir_srv=2; weir_srv2=3; weir_srv", "a=weir_srv=x; Weir_srv=1; xweir_srv=2; weir_srv2=3; weir_srv")]
    [InlineData("a=\"1, 2\"; weir_srv=x;; b", "a=\"1, 2\";; b")]
    [InlineData("", "")]
    [InlineData(";;", ";;")]
    public void Only_ours_is_taken_out(string before, string? after)
    {
        HeaderFields fields = new();
        fields.Add(KnownField.Cookie, Encoding.Latin1.GetBytes(before));
        CookieStrip.Remove(fields, "weir_srv"u8);
        fields.GetText("Cookie"u8).ShouldBe(after);
        fields.Has(KnownField.Cookie).ShouldBe(after is not null);
    }

    [Fact]
    public void Every_field_is_looked_through()
    {
        HeaderFields fields = new();
        fields.Add(KnownField.Cookie, "a=1"u8);
        fields.Add(KnownField.Cookie, "weir_srv=x"u8);
        fields.Add(KnownField.Cookie, "b=2; weir_srv=y"u8);
        CookieStrip.Remove(fields, "weir_srv"u8);
        fields.ToString().ShouldBe("Cookie: a=1\r\nCookie: b=2\r\n");
    }

    [Fact]
    public void Random_fields_keep_what_is_not_ours()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        string[] pieces = ["weir_srv=x", "weir_srv", "=", ";", " ", "a=1", "\t", "weir_srv==", "\u00ff", "; "];
        for (int i = 0; i < 20_000; i++)
        {
            string value = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)])).Trim(' ', '\t');
            HeaderFields fields = new();
            fields.Add(KnownField.Cookie, Encoding.Latin1.GetBytes(value));
            CookieStrip.Remove(fields, "weir_srv"u8);
            string left = fields.GetText("Cookie"u8) ?? "";
            left.Split(';').Select(pair => pair.Trim(' ', '\t')).ShouldAllBe(
                pair => !pair.StartsWith("weir_srv=", StringComparison.Ordinal), $"seed {seed}: {value}");
            Others(left).ShouldBe(Others(value), $"seed {seed}: {value}");
        }
    }

    private static IEnumerable<string> Others(string value) => value.Split(';').Select(pair => pair.Trim(' ', '\t'))
        .Where(pair => pair.Length > 0 && !pair.StartsWith("weir_srv=", StringComparison.Ordinal));
}
