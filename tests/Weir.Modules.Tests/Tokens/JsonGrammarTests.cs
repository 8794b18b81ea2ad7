using System.Text;
using System.Text.Json;
using Weir.Modules.Tokens;

namespace Weir.Modules.Tests.Tokens;

public sealed class JsonGrammarTests
{
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private static readonly string[] _good =
    [
        "{}",
        " {\t\"alg\" :\r\n\"ES256\" , \"kid\":\"a\\/b\\u00e4\\ud83d\\ude00\"} ",
        """{"typ":"JWT","alg":"RS256","x5c":["MIIB","MIIC"],"x":{"a":{"a":[{}]},"b":[]}}""",
        """{"n":[-0,1,10.5e+3,0.1E-2,1e9],"t":[true,false,null]}""",
        """{"ä":"ö","a":"\"\\\/\b\f\n\r\t"}""",
        """{"a":[[[[[[[1]]]]]]]}""",
    ];

    public static TheoryData<string> Bad =>
    [
        "", " ", "[]", "\"a\"", "{", "}", "{}{}", "{},", "{} x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}",
        "{\"a\":1 \"b\":2}", "{\"a\":1,\"a\":2}", "{\"x\":{\"a\":1,\"b\":2,\"a\":3}}", "{\"\\u0061\":1}", "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\ud800x\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"\\ud800\\u0061\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\x\"}",
        "{\"a\":\"\\", "{\"a\":\"b", "{\"a\":\"\n\"}", "{\"a\":\"\0\"}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":1.}", "{\"a\":.1}",
        "{\"a\":1e}", "{\"a\":-}", "{\"a\":NaN}", "{\"a\":tru}", "{\"a\":truE}", "{\"a\":[1,]}", "{\"a\":[1}", "{\"a\":/**/1}",
        "\uFEFF{}", "{\"a\":[[[[[[[[1]]]]]]]]}", "{" + string.Join(',', Enumerable.Range(0, 65).Select(i => $"\"{i}\":1")) + "}",
    ];

    [Fact]
    public void An_object_is_one()
    {
        foreach (string text in _good)
        {
            JsonGrammar.IsObject(Encoding.UTF8.GetBytes(text)).ShouldBeTrue(text);
            JsonDocument.Parse(text, _strict).Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Anything_else_is_none(string text) => JsonGrammar.IsObject(Encoding.UTF8.GetBytes(text)).ShouldBeFalse();

    [Fact]
    public void What_is_no_UTF8_is_none() => JsonGrammar.IsObject([.. "{\"a\":\""u8, 0xC3, .. "\"}"u8]).ShouldBeFalse();

    [Fact]
    public void What_is_taken_can_be_read_by_the_platform_whatever_was_made_of_it()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        int taken = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] octets = Encoding.UTF8.GetBytes(_good[random.Next(_good.Length)]);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                octets[random.Next(octets.Length)] = "{}[]\",:\\u0e19-+. aADd\t\xC3"u8[random.Next(24)];
            }

            if (JsonGrammar.IsObject(octets))
            {
                taken++;
                TokenRules.TryParse(octets).ShouldNotBeNull($"seed {seed}: {Convert.ToHexString(octets)}").Dispose();
            }
        }

        taken.ShouldBeGreaterThan(100);
    }
}
