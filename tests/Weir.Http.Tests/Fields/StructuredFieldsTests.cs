using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Http.Tests.Fields;

public sealed class StructuredFieldsTests
{
    private static string? Item(string text) =>
        StructuredFields.ParseItem(Encoding.Latin1.GetBytes(text)) is { } item ? Encoding.Latin1.GetString(StructuredFields.Write(item)) : null;

    private static string? List(string text) =>
        StructuredFields.ParseList(Encoding.Latin1.GetBytes(text)) is { } list ? Encoding.Latin1.GetString(StructuredFields.Write(list)) : null;

    private static string? Dictionary(string text) =>
        StructuredFields.ParseDictionary(Encoding.Latin1.GetBytes(text)) is { } dictionary
            ? Encoding.Latin1.GetString(StructuredFields.Write(dictionary))
            : null;

    [Theory]
    [InlineData("1", "1")]
    [InlineData("  -0042  ", "-42")]
    [InlineData("-0", "0")]
    [InlineData("999999999999999", "999999999999999")]
    [InlineData("-999999999999999", "-999999999999999")]
    [InlineData("1.5", "1.5")]
    [InlineData("-001.500", "-1.5")]
    [InlineData("0.001", "0.001")]
    [InlineData("1.0", "1.0")]
    [InlineData("999999999999.999", "999999999999.999")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("\"a \\\" \\\\ ~\"", "\"a \\\" \\\\ ~\"")]
    [InlineData("a", "a")]
    [InlineData("*a:b/c!#$%&'*+-.^_`|~", "*a:b/c!#$%&'*+-.^_`|~")]
    [InlineData("::", "::")]
    [InlineData(":aGVsbG8=:", ":aGVsbG8=:")]
    [InlineData(":aGVsbG8:", ":aGVsbG8=:")]
    [InlineData(":iZ==:", ":iQ==:")]
    [InlineData("?1", "?1")]
    [InlineData("?0", "?0")]
    [InlineData("@1659578233", "@1659578233")]
    [InlineData("@-1", "@-1")]
    [InlineData("%\"a %c3%bc %25 %22\"", "%\"a %c3%bc %25 %22\"")]
    [InlineData("%\"%61\"", "%\"a\"")]
    [InlineData("a;b;c=1;d=\"x\";e=?0; f=?1", "a;b;c=1;d=\"x\";e=?0;f")]
    [InlineData("a;b=1;c=2;b=3", "a;b=3;c=2")]
    [InlineData("1;*a.b-c_d=2", "1;*a.b-c_d=2")]
    public void A_sound_item_is_written_in_canonical_form(string text, string canonical) => Item(text).ShouldBe(canonical);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\t1")]
    [InlineData("1\t")]
    [InlineData("1 2")]
    [InlineData("1,2")]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData("1000000000000000")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1.1234")]
    [InlineData("1234567890123.1")]
    [InlineData("1.5.1")]
    [InlineData("1e5")]
    [InlineData("\"a")]
    [InlineData("\"\\a\"")]
    [InlineData("\"a\\")]
    [InlineData("\"\u00e4\"")]
    [InlineData("\"\t\"")]
    [InlineData("'a'")]
    [InlineData("a\u00e4")]
    [InlineData("_a")]
    [InlineData(":aGVsbG8=")]
    [InlineData(":aGVsbG8 =:")]
    [InlineData(":aGVsb-8=:")]
    [InlineData(":a:")]
    [InlineData(":a===:")]
    [InlineData(":=aaa:")]
    [InlineData(":aGVsbG8==:")]
    [InlineData("?")]
    [InlineData("?2")]
    [InlineData("?true")]
    [InlineData("@")]
    [InlineData("@1.5")]
    [InlineData("@a")]
    [InlineData("%a")]
    [InlineData("%\"a")]
    [InlineData("%\"%C3%BC\"")]
    [InlineData("%\"%c3\"")]
    [InlineData("%\"%ff\"")]
    [InlineData("%\"%c\"")]
    [InlineData("%\"\u00fc\"")]
    [InlineData("a;")]
    [InlineData("a;B")]
    [InlineData("a;b=")]
    [InlineData("a;b =1")]
    [InlineData("a;b= 1")]
    [InlineData("a ;b")]
    [InlineData("a;1b")]
    [InlineData("(1 2)")]
    public void What_is_no_item_is_refused(string text) => Item(text).ShouldBeNull();

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a,b", "a, b")]
    [InlineData("a \t,\t b", "a, b")]
    [InlineData("(1 2);a, ( ) , ( x;y  \"z\" );b=1", "(1 2);a, (), (x;y \"z\");b=1")]
    [InlineData("a;b, c;d=1", "a;b, c;d=1")]
    public void A_list_is_read(string text, string canonical) => List(text).ShouldBe(canonical);

    [Theory]
    [InlineData("a,")]
    [InlineData("a, ")]
    [InlineData(",a")]
    [InlineData("a,,b")]
    [InlineData("a b")]
    [InlineData("(a")]
    [InlineData("(a,b)")]
    [InlineData("(a(b))")]
    [InlineData("(\"a\"\"b\")")]
    [InlineData("(a\tb)")]
    [InlineData("a)")]
    [InlineData("\ta")]
    public void What_is_no_list_is_refused(string text) => List(text).ShouldBeNull();

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a=?1", "a")]
    [InlineData("a=?0", "a=?0")]
    [InlineData("a=1, b=2;x=3 ,c=(1 2);y,d;z", "a=1, b=2;x=3, c=(1 2);y, d;z")]
    [InlineData("a=1,b=2,a=3", "a=3, b=2")]
    [InlineData("max-age=60, must-revalidate", "max-age=60, must-revalidate")]
    public void A_dictionary_is_read(string text, string canonical) => Dictionary(text).ShouldBe(canonical);

    [Theory]
    [InlineData("a=")]
    [InlineData("a =1")]
    [InlineData("a= 1")]
    [InlineData("A=1")]
    [InlineData("1=a")]
    [InlineData("a,")]
    [InlineData("=1")]
    [InlineData("a=1 b=2")]
    [InlineData("a=1;B=2")]
    public void What_is_no_dictionary_is_refused(string text) => Dictionary(text).ShouldBeNull();

    [Fact]
    public void Several_fields_make_one_list()
    {
        HeaderFields fields = new();
        fields.Add("Cache-Status", "a;hit");
        fields.Add("X", "1");
        fields.Add("cache-status", "b;fwd=miss");
        IReadOnlyList<StructuredMember>? list = StructuredFields.ParseList(fields, "Cache-Status"u8);
        list.ShouldNotBeNull().Count.ShouldBe(2);
        list[1].Parameters.TryGet("fwd", out StructuredValue forward).ShouldBeTrue();
        forward.Text.ShouldBe("miss");
        list[0].Parameters.TryGet("fwd", out _).ShouldBeFalse();
        StructuredFields.ParseDictionary(fields, "Absent"u8).ShouldNotBeNull().Count.ShouldBe(0);
    }

    [Fact]
    public void Values_are_made_and_found()
    {
        StructuredDictionary dictionary = new();
        dictionary.Set("i", new StructuredMember(StructuredValue.OfInteger(-5)));
        dictionary.Set("d", new StructuredMember(StructuredValue.OfThousandths(1250)));
        dictionary.Set("s", new StructuredMember(StructuredValue.OfString("x\"y"u8)));
        dictionary.Set("b", new StructuredMember(StructuredValue.OfBytes([1, 2])));
        dictionary.Set(
            "t", new StructuredMember(StructuredValue.OfToken("tok"u8), new StructuredParameters([new("p", StructuredValue.OfDate(7))])));
        dictionary.Set("u", new StructuredMember(StructuredValue.OfDisplayString("\u00fc")));
        Encoding.ASCII.GetString(StructuredFields.Write(dictionary)).ShouldBe(
            "i=-5, d=1.25, s=\"x\\\"y\", b=:AQI=:, t=tok;p=@7, u=%\"%c3%bc\"");
        dictionary.Find("i")!.Value.Number.ShouldBe(-5);
        dictionary.Find("x").ShouldBeNull();
        Should.Throw<ArgumentException>(() => dictionary.Set("Bad", new StructuredMember(StructuredValue.True)));
        Should.Throw<ArgumentException>(() => StructuredValue.OfToken("1a"u8));
        Should.Throw<ArgumentException>(() => StructuredValue.OfString("\t"u8));
        Should.Throw<ArgumentOutOfRangeException>(() => StructuredValue.OfInteger(1_000_000_000_000_000));
    }

    [Fact]
    public void Random_text_never_throws_and_what_is_read_is_read_back_alike()
    {
        Random random = new(99);
        string alphabet = "ab1-.\"\\:=;, ()?@%*/\tA\u00e4";
        for (int round = 0; round < 50_000; round++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(1, 14)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            foreach (Func<string, string?> canonical in new[] { Item, List, Dictionary })
            {
                if (canonical(text) is { } once)
                {
                    canonical(once).ShouldBe(once, text);
                }
            }
        }
    }
}
