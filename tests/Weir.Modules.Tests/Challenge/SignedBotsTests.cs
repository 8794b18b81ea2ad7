using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Modules;
using Weir.Http.Fields;
using Weir.Modules.Challenge;
using Weir.Modules.Tests.AuthJwt;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Challenge;

public sealed class SignedBotsTests : IDisposable
{
    private const string Good = "(\"@authority\" \"@method\" \"@path\" \"@query\");created=NOW;expires=NOW+60;keyid=\"e1\";alg=\"ecdsa-p256-sha256\";tag=\"web-bot-auth\"";
    private const long Now = TokenMaker.Now;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-bots-").FullName;
    private readonly TokenMaker _maker = new();
    private readonly TestBuilder _builder;

    public SignedBotsTests()
    {
        _builder = new TestBuilder(folder: _folder);
        File.WriteAllText(Path.Combine(_folder, "keys.json"), _maker.KeySet());
        File.WriteAllBytes(Path.Combine(_folder, "secret"), _maker.Secret);
    }

    public void Dispose()
    {
        _maker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_base_is_what_RFC_9421_says()
    {
        TestExchange exchange = new(
            "GET /a%2fb?x=1&y", "Date: Tue, 20 Apr 2021 02:07:56 GMT", "X-Twice: a", "X-Twice: b", "X-Map: a=1, b=(2 3);q");
        StructuredMember input = StructuredFields.ParseDictionary(Encoding.ASCII.GetBytes(
            "s=(\"@method\" \"@authority\" \"@scheme\" \"@target-uri\" \"@request-target\" \"@path\" \"@query\" \"date\" \"x-twice\" \"x-map\";key=\"b\");created=1;keyid=\"k\""))!.Find("s")!;
        Encoding.ASCII.GetString(SignedMessage.Make(exchange.Exchange, input)!).ShouldBe("""
            "@method": GET
            "@authority": shop.example.com:8443
            "@scheme": https
            "@target-uri": https://shop.example.com:8443/a%2fb?x=1&y
            "@request-target": /a%2fb?x=1&y
            "@path": /a%2fb
            "@query": ?x=1&y
            "date": Tue, 20 Apr 2021 02:07:56 GMT
            "x-twice": a, b
            "x-map";key="b": (2 3);q
            "@signature-params": ("@method" "@authority" "@scheme" "@target-uri" "@request-target" "@path" "@query" "date" "x-twice" "x-map";key="b");created=1;keyid="k"
            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("(\"@method\" \"@method\")")]
    [InlineData("(\"@status\")")]
    [InlineData("(\"@query-param\";name=\"a\")")]
    [InlineData("(\"date\";sf)")]
    [InlineData("(\"date\";bs)")]
    [InlineData("(\"missing\")")]
    [InlineData("(\"Date\")")]
    [InlineData("(date)")]
    [InlineData("1")]
    public void What_is_not_known_or_not_there_makes_no_base(string text)
    {
        StructuredMember input = StructuredFields.ParseDictionary(Encoding.ASCII.GetBytes("s=" + text))!.Find("s")!;
        SignedMessage.Make(new TestExchange("GET /", "Date: x").Exchange, input).ShouldBeNull();
    }

    [Theory]
    [InlineData("", Good, true)]
    [InlineData("no alg", "(\"@authority\");created=NOW;keyid=\"e1\";tag=\"web-bot-auth\"", true)]
    [InlineData("another tag", "(\"@authority\");created=NOW;keyid=\"e1\";tag=\"other\"", false)]
    [InlineData("no tag", "(\"@authority\");created=NOW;keyid=\"e1\"", false)]
    [InlineData("no key", "(\"@authority\");created=NOW;tag=\"web-bot-auth\"", false)]
    [InlineData("an unknown key", "(\"@authority\");created=NOW;keyid=\"e2\";tag=\"web-bot-auth\"", false)]
    [InlineData("no time", "(\"@authority\");keyid=\"e1\";tag=\"web-bot-auth\"", false)]
    [InlineData("too old", "(\"@authority\");created=NOW-331;keyid=\"e1\";tag=\"web-bot-auth\"", false)]
    [InlineData("of the future", "(\"@authority\");created=NOW+31;keyid=\"e1\";tag=\"web-bot-auth\"", false)]
    [InlineData("ended", "(\"@authority\");created=NOW-60;expires=NOW-30;keyid=\"e1\";tag=\"web-bot-auth\"", false)]
    [InlineData("ends before it begins", "(\"@authority\");created=NOW+20;expires=NOW+10;keyid=\"e1\";tag=\"web-bot-auth\"", false)]
    [InlineData("covers less", "(\"@method\");created=NOW;keyid=\"e1\";tag=\"web-bot-auth\"", false)]
    [InlineData("another algorithm", "(\"@authority\");created=NOW;keyid=\"e1\";alg=\"hmac-sha256\";tag=\"web-bot-auth\"", false)]
    [InlineData("an algorithm of another key", "(\"@authority\");created=NOW;keyid=\"e1\";alg=\"rsa-pss-sha512\";tag=\"web-bot-auth\"", false)]
    [InlineData("an algorithm as a token", "(\"@authority\");created=NOW;keyid=\"e1\";alg=ecdsa-p256-sha256;tag=\"web-bot-auth\"", false)]
    public void A_signature_is_held_against_its_bots_rules(string what, string input, bool passes)
    {
        Visitor visitor = new(Make(new SignedBotOptions { Name = "bot", KeysFile = "keys.json" }));
        visitor.Open("GET /a?b", Signed("GET /a?b", input)).ShouldBe(passes, what);
    }

    [Fact]
    public void A_signature_of_another_request_or_with_an_octet_changed_is_none()
    {
        Visitor visitor = new(Make(new SignedBotOptions { Name = "bot", KeysFile = "keys.json" }));
        string[] signed = Signed("GET /a?b", Good);
        visitor.Open("GET /a?b", signed).ShouldBeTrue();
        visitor.Open("GET /a?c", signed).ShouldBeFalse();
        visitor.Open("HEAD /a?b", signed).ShouldBeFalse();
        visitor.Open("GET /a?b", signed[0], signed[1].Replace("sig1=:", "sig1=:A", StringComparison.Ordinal)).ShouldBeFalse();
        visitor.Open("GET /a?b", signed[0] + ", sig1=()", signed[1]).ShouldBeFalse("the last one of a name counts");
        visitor.Open("GET /a?b", signed[0], signed[0], signed[1]).ShouldBeTrue();
        visitor.Open("GET /a?b", signed[0] + ";", signed[1]).ShouldBeFalse("it is read strictly");
        visitor.Open("GET /a?b", signed[0]).ShouldBeFalse();
        visitor.Open("GET /a?b", signed[1]).ShouldBeFalse();
    }

    [Fact]
    public void RSA_and_secrets_sign_too()
    {
        Visitor rsa = new(Make(new SignedBotOptions { Name = "bot", KeysFile = "keys.json" }));
        string input = Fill("(\"@authority\");created=NOW;keyid=\"r1\";alg=\"rsa-pss-sha512\";tag=\"web-bot-auth\"");
        rsa.Open("GET /", Signed("GET /", input, octets => _maker.Rsa.SignData(octets, HashAlgorithmName.SHA512, RSASignaturePadding.Pss))).ShouldBeTrue();
        Visitor secret = new(Make(new SignedBotOptions { Name = "bot", SecretFile = "secret", Tag = "ours" }));
        input = Fill("(\"@authority\");created=NOW;keyid=\"any\";alg=\"hmac-sha256\";tag=\"ours\"");
        secret.Open("GET /", Signed("GET /", input, octets => HMACSHA256.HashData(_maker.Secret, octets))).ShouldBeTrue();
        secret.Open("GET /", Signed("GET /", input, octets => HMACSHA256.HashData("other"u8, octets))).ShouldBeFalse();
    }

    [Fact]
    public void Where_a_signature_is_good_once_it_needs_a_nonce()
    {
        Visitor visitor = new(Make(new SignedBotOptions { Name = "bot", KeysFile = "keys.json", Once = true }));
        visitor.Open("GET /", Signed("GET /", Good)).ShouldBeFalse();
        string[] signed = Signed("GET /", Good + ";nonce=\"n1\"");
        visitor.Open("GET /", signed).ShouldBeTrue();
        visitor.Open("GET /", signed).ShouldBeFalse();
        visitor.Open("GET /", Signed("GET /", Good + ";nonce=\"n2\"")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("\"https://bot.example\"", "\"signature-agent\"", true)]
    [InlineData("\"https://bot.example\"", "\"@path\"", false)]
    [InlineData("\"https://evil.example\"", "\"signature-agent\"", false)]
    [InlineData("sig1=\"https://bot.example\"", "\"signature-agent\";key=\"sig1\"", true)]
    [InlineData("sig1=\"https://evil.example\", x=\"https://bot.example\"", "\"signature-agent\";key=\"sig1\"", false)]
    public void The_agent_must_be_the_one_and_be_signed(string agent, string component, bool passes)
    {
        Visitor visitor = new(Make(new SignedBotOptions { Name = "bot", KeysFile = "keys.json", Agent = "https://bot.example" }));
        string input = $"(\"@authority\" {component});created=NOW;keyid=\"e1\";tag=\"web-bot-auth\"";
        visitor.Open("GET /", ["Signature-Agent: " + agent, .. Signed("GET /", input, null, "Signature-Agent: " + agent)]).ShouldBe(passes);
    }

    [Fact]
    public void Whose_signatures_fail_again_and_again_is_not_heard_any_more()
    {
        Visitor visitor = new(Make(new SignedBotOptions { Name = "bot", KeysFile = "keys.json" }));
        string[] bad = Signed("GET /other", Good);
        for (int i = 0; i < 40; i++)
        {
            visitor.Open("GET /a", bad).ShouldBeFalse();
        }

        visitor.Open("GET /a", Signed("GET /a", Good)).ShouldBeFalse();
        visitor.Address = "198.51.100.1";
        visitor.Open("GET /a", Signed("GET /a", Good)).ShouldBeTrue();
    }

    [Fact]
    public void Whatever_stands_in_the_fields_nothing_made_up_passes_and_nothing_breaks()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        Visitor visitor = new(Make(new SignedBotOptions { Name = "bot", KeysFile = "keys.json", Covers = ["@authority", "@path"] }));
        string[] pieces =
        [
            "sig1=", "(", ")", "\"@authority\"", "\"@path\"", "\"@query\"", "\"cookie\"", " ", ",", ";", ":", "=", "created=", "1700000000", "keyid=\"e1\"", "tag=\"web-bot-auth\"",
            "alg=\"ecdsa-p256-sha256\"", "expires=", ":AAAA:", "nonce=\"a\"", "\"", "\\", "?1", "-", "9999999999999999", "key=\"a\"", "@", "%\"%c3%a4\"",
        ];
        for (int round = 0; round < 3000; round++)
        {
            string input = Pieces(random, pieces);
            string signature = random.Next(3) == 0
                ? Pieces(random, pieces)
                : "sig1=:" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(64)) + ":";
            visitor.Open("GET /", "Signature-Input: x" + input, "Signature: x" + signature).ShouldBeFalse(
                $"seed {seed}: {input} | {signature}");
        }
    }

    private static string Pieces(Random random, string[] pieces) =>
        string.Concat(Enumerable.Range(0, random.Next(24)).Select(_ => pieces[random.Next(pieces.Length)]));

    private static string Fill(string input) => input
        .Replace("NOW+60", $"{Now + 60}", StringComparison.Ordinal).Replace("NOW+31", $"{Now + 31}", StringComparison.Ordinal)
        .Replace("NOW+20", $"{Now + 20}", StringComparison.Ordinal).Replace("NOW+10", $"{Now + 10}", StringComparison.Ordinal)
        .Replace("NOW-331", $"{Now - 331}", StringComparison.Ordinal).Replace("NOW-60", $"{Now - 60}", StringComparison.Ordinal)
        .Replace("NOW-30", $"{Now - 30}", StringComparison.Ordinal).Replace("NOW", $"{Now}", StringComparison.Ordinal);

    private string[] Signed(string line, string input, Func<byte[], byte[]>? sign = null, params string[] fields)
    {
        input = Fill(input);
        StructuredMember member = StructuredFields.ParseDictionary(Encoding.ASCII.GetBytes("sig1=" + input))!.Find("sig1")!;
        byte[] octets = SignedMessage.Make(new TestExchange(line, fields).Exchange, member) ?? [];
        sign ??= text => _maker.Curve.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return ["Signature-Input: sig1=" + input, $"Signature: sig1=:{Convert.ToBase64String(sign(octets))}:"];
    }

    private IModule Make(SignedBotOptions bot) =>
        _builder.Make(new ChallengeFactory(), new ChallengeOptions { Always = true, Difficulty = 4, SignedBots = [bot] });
}
