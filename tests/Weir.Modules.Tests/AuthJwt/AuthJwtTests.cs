using System.Net;
using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Tracing;
using Weir.Modules.AuthJwt;
using Weir.Modules.Tests.Testing;
using Weir.Modules.Tokens;

namespace Weir.Modules.Tests.AuthJwt;

public sealed class AuthJwtTests : IDisposable
{
    private const long Now = TokenMaker.Now;
    private const string Issuer = TokenMaker.Issuer;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-jwt-").FullName;
    private readonly TokenMaker _maker = new();
    private readonly TestBuilder _builder;
    private readonly AuthJwtOptions _options = new() { KeysFile = "jwks.json", Issuer = Issuer, Audience = ["shop", "till"] };

    public AuthJwtTests()
    {
        _builder = new TestBuilder(folder: _folder);
        Write("jwks.json", _maker.KeySet());
    }

    /// <summary>Claims that a token must not have: what is wrong, and what the log says of it.</summary>
    public static TheoryData<string, string> BadClaims => new()
    {
        { $$"""{"iss":"{{Issuer}}","aud":"shop","exp":{{Now - 31}}}""", "expired" },
        { $$"""{"iss":"{{Issuer}}","aud":"shop"}""", "no time at which it ends" },
        { $$"""{"iss":"{{Issuer}}","aud":"shop","exp":"{{Now + 60}}"}""", "no time at which it ends" },
        { $$"""{"iss":"{{Issuer}}","aud":"shop","exp":1e300}""", "no time at which it ends" },
        { $$"""{"iss":"{{Issuer}}","aud":"shop","exp":-1}""", "no time at which it ends" },
        { $$"""{"iss":"{{Issuer}}","aud":"shop","exp":[{{Now + 60}}]}""", "no time at which it ends" },
        { $$"""{"iss":"{{Issuer}}","aud":"shop","exp":{{Now + 60}},"nbf":{{Now + 31}}}""", "not good yet" },
        { $$"""{"iss":"{{Issuer}}","aud":"shop","exp":{{Now + 60}},"nbf":"soon"}""", "nbf" },
        { $$"""{"iss":"{{Issuer}}","aud":"shop","exp":{{Now + 60}},"iat":true}""", "iat" },
        { $$"""{"iss":"{{Issuer}}x","aud":"shop","exp":{{Now + 60}}}""", "another issuer" },
        { $$"""{"iss":["{{Issuer}}"],"aud":"shop","exp":{{Now + 60}}}""", "another issuer" },
        { $$"""{"aud":"shop","exp":{{Now + 60}}}""", "another issuer" },
        { $$"""{"iss":"{{Issuer}}","exp":{{Now + 60}}}""", "another audience" },
        { $$"""{"iss":"{{Issuer}}","aud":"other","exp":{{Now + 60}}}""", "another audience" },
        { $$"""{"iss":"{{Issuer}}","aud":"shops","exp":{{Now + 60}}}""", "another audience" },
        { $$"""{"iss":"{{Issuer}}","aud":[],"exp":{{Now + 60}}}""", "another audience" },
        { $$"""{"iss":"{{Issuer}}","aud":[["shop"]],"exp":{{Now + 60}}}""", "another audience" },
        { $$"""{"iss":"{{Issuer}}","aud":["shop",["x"]],"exp":{{Now + 60}}}""", "another audience" },
        { $$"""{"iss":"{{Issuer}}","aud":{"shop":1},"exp":{{Now + 60}}}""", "another audience" },
        { $$"""{"iss":"{{Issuer}}","aud":"other","aud":"shop","exp":{{Now + 60}}}""", "twice" },
        { $$"""{"iss":"{{Issuer}}","aud":"shop","exp":{{Now - 99}},"exp":{{Now + 60}}}""", "twice" },
        { $$"""["{{Issuer}}"]""", "no JSON object" },
        { "\"text\"", "no JSON object" },
        { "{", "no JSON object" },
        { """{"iss":"\ud800"}""", "no JSON object" },
        { $$"""{"iss":"{{Issuer}}","aud":"shop","exp":{{Now + 60}},"x":{{new string('[', 40)}}{{new string(']', 40)}}}""", "no JSON object" },
        { $$"""{"iss":"{{Issuer}}","aud":"shop","exp":{{Now + 60}}} {}""", "no JSON object" },
    };

    /// <summary>Heads that a token must not have, signed as they say or not at all.</summary>
    public static TheoryData<string, string> BadHeads => new()
    {
        { """{"alg":"none"}""", "algorithm" },
        { """{"alg":"None","kid":"e1"}""", "algorithm" },
        { """{"alg":"","kid":"e1"}""", "algorithm" },
        { """{"alg":"es256","kid":"e1"}""", "algorithm" },
        { """{"alg":["ES256"],"kid":"e1"}""", "algorithm" },
        { """{"kid":"e1"}""", "algorithm" },
        { """{"alg":"ES384","kid":"e1"}""", "algorithm" },
        { """{"alg":"HS256","kid":"e1"}""", "algorithm" },
        { """{"alg":"RS256","kid":"e1"}""", "no key" },
        { """{"alg":"ES256","kid":"r1"}""", "no key" },
        { """{"alg":"ES256","kid":"e2"}""", "no key" },
        { """{"alg":"ES256","kid":"../../dev/null"}""", "no key" },
        { """{"alg":"ES256","kid":1}""", "name is no text" },
        { """{"alg":"ES256","kid":"e1","crit":["exp"]}""", "crit" },
        { """{"alg":"ES256","kid":"e1","crit":["b64"],"b64":false}""", "crit" },
        { """{"alg":"none","alg":"ES256","kid":"e1"}""", "twice" },
        { """[]""", "no JSON object" },
        { """{"alg":"\ud800"}""", "no JSON object" },
        { """{"alg":"ES256","kid":"\udc00"}""", "no JSON object" },
        { """{"alg":"ES256","kid":"e1","x":[{"\ud800":1}]}""", "no JSON object" },
    };

    public void Dispose()
    {
        _maker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_token_of_the_issuer_is_let_in_and_its_claims_reach_the_origin()
    {
        using AuthJwtModule module = Make(_options with { Claims = Map(("X-User", "sub"), ("X-Roles", "roles"), ("X-Deep", "a.b"), ("X-None", "none"), ("X-Odd", "odd")) });
        string claims = TokenMaker.Claims[..^1] + ""","roles":["a","b,c",1],"a":{"b":true},"odd":[["x"]]}""";
        TestExchange exchange = With(_maker.Sign(claims), "X-User: root", "x_user: root", "X-None: root", "X-Odd: root");
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.RequestFields.ShouldEndWith("X-User: bea\r\nX-Roles: a,b%2Cc,1\r\nX-Deep: true\r\n");
        exchange.RequestFields.ShouldNotContain("root");
    }

    [Theory]
    [MemberData(nameof(BadClaims))]
    public void Claims_that_are_not_for_us_now_are_refused(string claims, string why) => Refuses(_maker.Sign(claims), why);

    [Theory]
    [MemberData(nameof(BadHeads))]
    public void Heads_that_ask_for_something_else_are_refused_however_they_are_signed(string head, string why)
    {
        Refuses(_maker.Sign(head: head), why);
        Refuses(TokenMaker.Make(head, TokenMaker.Claims, _ => [0]), why);
    }

    [Fact]
    public void A_public_key_is_never_taken_for_a_secret()
    {
        const string Head = """{"alg":"HS256","kid":"r1"}""";
        foreach (byte[] secret in new[] { _maker.Rsa.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(_maker.Rsa.ExportSubjectPublicKeyInfoPem()) })
        {
            Refuses(TokenMaker.SignBySecret(Head, secret), "algorithm");
        }

        TestBuilder.ErrorOf(
            new AuthJwtFactory(), _options with { KeysFile = null, KeysUrl = "https://a.test/", Algorithms = ["RS256", "HS256"] })
            .ShouldContain("HS256 needs secret_file");
        Write("secret", Encoding.ASCII.GetString(_maker.Secret) + "\n");
        TestBuilder mixed = new(folder: _folder);
        new AuthJwtFactory().Create((object)(_options with { KeysFile = null, SecretFile = "secret", Algorithms = ["RS256", "HS256"] }), mixed).ShouldBeNull();
        mixed.Errors.ShouldHaveSingleItem().ShouldContain("RS256 needs keys_file");
    }

    [Fact]
    public void A_key_in_the_token_is_not_looked_at()
    {
        using TokenMaker stranger = new();
        ECParameters point = stranger.Curve.ExportParameters(false);
        string jwk = $$"""{"kty":"EC","crv":"P-256","x":"{{TokenMaker.Text(point.Q.X!)}}","y":"{{TokenMaker.Text(point.Q.Y!)}}"}""";
        Refuses(stranger.Sign(head: $$"""{"alg":"ES256","kid":"e1","jwk":{{jwk}},"jku":"https://evil.test/","x5u":"https://evil.test/"}"""), "signature");
        Refuses(stranger.Sign(), "signature");
    }

    [Fact]
    public void Anything_but_strict_base64url_in_three_parts_is_refused()
    {
        string token = _maker.Sign();
        string[] parts = token.Split('.');
        char last = parts[2][^1];
        string[] bad =
        [
            parts[0], $"{parts[0]}.{parts[1]}", $"{parts[0]}.{parts[1]}.", $".{parts[1]}.{parts[2]}", $"{parts[0]}..{parts[2]}",
            token + ".x", token + "=", token + "==", parts[0] + "+." + parts[1] + "." + parts[2], token + "\u00e9", "a.b.c", "...", "e30.e30.e30%20",
            token[..^1] + (char)(last is 'A' or 'Q' or 'g' or 'w' ? last + 1 : last - 1),
        ];
        foreach (string text in bad)
        {
            using AuthJwtModule module = Make(_options);
            With(text).RunRequest(module).ShouldBe(Verdict.Answered, text);
        }

        // RFC 7518 section 3.4: the DER form of a signature is another format.
        Refuses(TokenMaker.Make(TokenMaker.Head, TokenMaker.Claims, octets => _maker.Curve.SignData(octets, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)), "signature");
        Refuses(TokenMaker.Make(TokenMaker.Head, TokenMaker.Claims, _ => new byte[64]), "signature");
    }

    [Fact]
    public void Each_octet_of_a_token_counts()
    {
        string token = _maker.Sign();
        using AuthJwtModule module = Make(_options);
        With(token).RunRequest(module).ShouldBe(Verdict.Continue);
        for (int i = 0; i < token.Length; i++)
        {
            string changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            With(changed).RunRequest(module).ShouldBe(Verdict.Answered, $"octet {i}");
        }
    }

    [Fact]
    public void A_huge_token_is_not_read_and_two_are_none()
    {
        Refuses(_maker.Sign(TokenMaker.Claims[..^1] + $",\"x\":\"{new string('x', 9000)}\"}}"), "larger");
        using AuthJwtModule module = Make(_options);
        With(_maker.Sign(), "Authorization: Bearer " + _maker.Sign()).RunRequest(module).ShouldBe(Verdict.Answered);
        TestExchange none = new();
        none.RunRequest(module).ShouldBe(Verdict.Answered);
        none.Exchange.ErrorFields.ToString().ShouldBe("WWW-Authenticate: Bearer\r\n");
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(31, false)]
    public void Clocks_may_differ_by_the_leeway(int seconds, bool isLetIn)
    {
        using AuthJwtModule module = Make(_options);
        string late = $$"""{"iss":"{{Issuer}}","aud":["x","till"],"exp":{{Now - seconds}}}""";
        string early = $$"""{"iss":"{{Issuer}}","aud":"shop","exp":{{Now + 60}},"nbf":{{Now + seconds}}.5}""";
        With(_maker.Sign(late)).RunRequest(module).ShouldBe(isLetIn ? Verdict.Continue : Verdict.Answered);
        With(_maker.Sign(early)).RunRequest(module).ShouldBe(isLetIn ? Verdict.Continue : Verdict.Answered);
    }

    [Fact]
    public void Each_algorithm_of_a_public_key_works_where_it_is_allowed_and_only_there()
    {
        (string Name, RSASignaturePadding Padding, HashAlgorithmName Hash)[] all =
        [
            ("RS256", RSASignaturePadding.Pkcs1, HashAlgorithmName.SHA256), ("RS512", RSASignaturePadding.Pkcs1, HashAlgorithmName.SHA512),
            ("PS256", RSASignaturePadding.Pss, HashAlgorithmName.SHA256), ("PS384", RSASignaturePadding.Pss, HashAlgorithmName.SHA384),
        ];
        foreach ((string name, RSASignaturePadding padding, HashAlgorithmName hash) in all)
        {
            string token = _maker.SignByRsa($$"""{"alg":"{{name}}","kid":"r1"}""", padding, hash);
            using AuthJwtModule allowing = Make(_options with { Algorithms = [name] });
            With(token).RunRequest(allowing).ShouldBe(Verdict.Continue, name);
            using AuthJwtModule other = Make(_options with { Algorithms = ["ES256"] });
            With(token).RunRequest(other).ShouldBe(Verdict.Answered, name);
        }
    }

    [Fact]
    public void A_secret_signs_only_where_one_is_configured()
    {
        Write("secret", Encoding.ASCII.GetString(_maker.Secret) + "\n");
        using AuthJwtModule module = Make(_options with { KeysFile = null, SecretFile = "secret" });
        With(TokenMaker.SignBySecret("""{"alg":"HS256"}""", _maker.Secret)).RunRequest(module).ShouldBe(Verdict.Continue);
        With(TokenMaker.SignBySecret("""{"alg":"HS256"}""", "short"u8.ToArray())).RunRequest(module).ShouldBe(Verdict.Answered);
        With(_maker.Sign()).RunRequest(module).ShouldBe(Verdict.Answered);
    }

    [Fact]
    public void What_is_required_is_forbidden_to_others()
    {
        using AuthJwtModule module = Make(_options with { Require = Lists(("roles", ["admin"]), ("scope", ["write"])) });
        Outcome(module, ",\"roles\":[\"staff\",\"admin\"],\"scope\":\"read write\"").ShouldBeNull();
        Outcome(module, ",\"roles\":\"admin\",\"scope\":\"write\"").ShouldBeNull();
        Outcome(module, ",\"roles\":\"admins\",\"scope\":\"write\"").ShouldBe(ProxyErrors.AuthForbidden);
        Outcome(module, ",\"roles\":[[\"admin\"]],\"scope\":\"write\"").ShouldBe(ProxyErrors.AuthForbidden);
        Outcome(module, ",\"roles\":\"staff admin\",\"scope\":\"write\"").ShouldBe(ProxyErrors.AuthForbidden);
        Outcome(module, "").ShouldBe(ProxyErrors.AuthForbidden);
    }

    [Fact]
    public void A_good_token_is_remembered_without_an_allocation_until_keys_change()
    {
        using AuthJwtModule module = Make(_options);
        TestExchange exchange = With(_maker.Sign());
        Allocation.Of(() => module.OnRequestAsync(exchange.Exchange).IsCompletedSuccessfully.ShouldBeTrue()).ShouldBe(0);
        Write("jwks.json", _maker.KeySet("e2"));
        ((FileKeys)module.Keys).File.Poll();
        ((FileKeys)module.Keys).File.Poll();
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        With(_maker.Sign(head: """{"alg":"ES256","kid":"e2"}""")).RunRequest(module).ShouldBe(Verdict.Continue);
    }

    [Fact]
    public void What_was_made_up_costs_no_exception()
    {
        using AuthJwtModule module = Make(_options with { Algorithms = ["ES256", "RS256"] });
        string claims = TokenMaker.Text("{}"u8.ToArray());
        string[] heads =
        [
            "", "x", "{", "[]", """{"alg":"ES256","alg":"ES256"}""", """{"alg":"\ud800"}""", """{"alg":"ES256"}""", """{"alg":"RS256"}""",
        ];
        foreach (string head in heads)
        {
            foreach (int octets in (int[])[1, 63, 64, 65, 132, 255, 256, 257, 512])
            {
                string token = $"{TokenMaker.Text(Encoding.UTF8.GetBytes(head))}.{claims}.{TokenMaker.Text(new byte[octets])}";
                Thrown.By(() => With(token).RunRequest(module).ShouldBe(Verdict.Answered)).ShouldBe(0, $"{head} {octets}");
            }
        }
    }

    [Fact]
    public void What_is_remembered_of_a_token_ends_when_the_token_does()
    {
        using AuthJwtModule module = Make(_options);
        TestExchange exchange = With(_maker.Sign($$"""{"iss":"{{Issuer}}","aud":"shop","exp":{{Now + 60}}}"""));
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.Loop.Pass(TimeSpan.FromSeconds(60 + 29));
        exchange.RunRequest(module).ShouldBe(Verdict.Continue, "The leeway is not over.");
        exchange.Loop.Pass(TimeSpan.FromSeconds(1));
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.ErrorDetail.ShouldNotBeNull().ShouldContain("expired");
    }

    [Fact]
    public void A_cookie_may_hold_the_token_where_Authorization_has_none()
    {
        using AuthJwtModule module = Make(_options with { Cookie = "session", Hide = true });
        TestExchange exchange = new("GET /", "Cookie: a=b; session=" + _maker.Sign());
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.RequestFields.ShouldBe("Cookie: a=b\r\n");
        new TestExchange("GET /", "Authorization: Basic x", "Cookie: session=" + _maker.Sign()).RunRequest(module).ShouldBe(Verdict.Answered);
        TestExchange hidden = With(_maker.Sign());
        hidden.RunRequest(module).ShouldBe(Verdict.Continue);
        hidden.RequestFields.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_from_a_URL_are_asked_for_once_and_again_when_a_token_names_another()
    {
        KeyServer server = new() { Answer = _maker.KeySet() };
        using UrlKeys keys = UrlKeys.OfIssuer("https://a.test/", TimeSpan.FromHours(1), _builder.Heard, server);
        using AuthJwtModule module = Of(keys);
        OneThread.Run(() => module.OnRequestAsync(With(_maker.Sign()).Exchange)).ShouldBe(Verdict.Continue);
        OneThread.Run(() => module.OnRequestAsync(With(_maker.Sign()).Exchange)).ShouldBe(Verdict.Continue);
        server.Asked.ShouldBe(1);

        // The loop's time stands still: who makes names up does not make us ask.
        string next = _maker.Sign(head: """{"alg":"ES256","kid":"e2"}""");
        server.Answer = _maker.KeySet("e2");
        OneThread.Run(() => module.OnRequestAsync(With(next).Exchange)).ShouldBe(Verdict.Answered);
        server.Asked.ShouldBe(1);
        await keys.Renew(1000 + 10_000);
        OneThread.Run(() => module.OnRequestAsync(With(next).Exchange)).ShouldBe(Verdict.Continue);
        OneThread.Run(() => module.OnRequestAsync(With(_maker.Sign()).Exchange)).ShouldBe(Verdict.Answered, "The key was taken back.");
    }

    [Fact]
    public async Task While_keys_are_not_to_be_had_those_from_before_stay_for_a_day_and_without_any_nobody_is_let_in()
    {
        KeyServer server = new() { Status = HttpStatusCode.InternalServerError };
        using UrlKeys keys = UrlKeys.OfIssuer("https://a.test/", TimeSpan.FromHours(1), _builder.Heard, server);
        using AuthJwtModule module = Of(keys);
        TestExchange exchange = With(_maker.Sign());
        OneThread.Run(() => module.OnRequestAsync(exchange.Exchange)).ShouldBe(Verdict.Answered);
        exchange.Exchange.Error.ShouldBe(ProxyErrors.AuthUnavailable);
        _builder.Heard.Warnings.ShouldHaveSingleItem().ShouldContain("Nobody is let in");

        server.Status = HttpStatusCode.OK;
        server.Answer = _maker.KeySet();
        await keys.Renew(20_000);
        server.Answer = "{}";
        KeySet had = keys.Current(20_000).ShouldNotBeNull();
        await keys.Renew(40_000);
        keys.Current(40_000).ShouldBeSameAs(had);
        keys.Current(20_000 + (24 * 3600_000)).ShouldBeNull();
    }

    [Fact]
    public void Keys_that_are_weak_or_for_something_else_are_left_out()
    {
        List<string> mistakes = [];
        KeySet.Parse(Encoding.ASCII.GetBytes(_maker.KeySet()), mistakes).Count.ShouldBe(2);
        using RSA weak = RSA.Create(1024);
        RSAParameters rsa = weak.ExportParameters(false);
        string[] unfit =
        [
            $$"""{"kty":"RSA","n":"{{TokenMaker.Text(rsa.Modulus!)}}","e":"AQAB"}""", """{"kty":"oct","k":"AAAA"}""",
            """{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}""", """{"kty":"EC","crv":"secp256k1","x":"AAAA","y":"AAAA"}""", "1",
        ];
        foreach (string key in unfit)
        {
            KeySet.Parse(Encoding.ASCII.GetBytes($$"""{"keys":[{{key}}]}"""), mistakes).Count.ShouldBe(0, key);
        }

        mistakes.Count.ShouldBe(unfit.Length);
        ECParameters point = _maker.Curve.ExportParameters(false);
        string encrypting = $$"""{"kty":"EC","crv":"P-256","use":"enc","x":"{{TokenMaker.Text(point.Q.X!)}}","y":"{{TokenMaker.Text(point.Q.Y!)}}"}""";
        KeySet.Parse(Encoding.ASCII.GetBytes($$"""{"keys":[{{encrypting}}]}"""), mistakes).Count.ShouldBe(0);
    }

    private void Refuses(string token, string why)
    {
        using AuthJwtModule module = Make(_options);
        TestExchange exchange = With(token);
        exchange.Exchange.Trace = new Trace();
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.Error.ShouldBe(ProxyErrors.AuthRequired);
        exchange.Exchange.ErrorDetail.ShouldNotBeNull().ShouldContain(why);
        exchange.Exchange.ErrorFields.ToString().ShouldBe("WWW-Authenticate: Bearer error=\"invalid_token\"\r\n");
        string.Join("\n", exchange.Exchange.Trace.Steps).ShouldNotContain(token.Split('.')[^1] + "x");
    }

    private ProxyError? Outcome(AuthJwtModule module, string more)
    {
        TestExchange exchange = With(_maker.Sign(TokenMaker.Claims[..^1] + more + "}"));
        exchange.RunRequest(module);
        return exchange.Exchange.Error;
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);

    private AuthJwtModule Make(AuthJwtOptions options) => (AuthJwtModule)_builder.Make(new AuthJwtFactory(), options);

    private AuthJwtModule Of(KeySource keys) => new(
        keys, new TokenRules([TokenAlgorithms.Find("ES256")!], Issuer, _options.Audience, _options.Leeway),
        new ClaimDemands(_options.Claims, _options.Require), []);

    private static Dictionary<string, string> Map(params (string Key, string Value)[] pairs) =>
        pairs.ToDictionary(pair => pair.Key, pair => pair.Value);

    private static Dictionary<string, IReadOnlyList<string>> Lists(params (string Key, string[] Values)[] pairs) =>
        pairs.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Values);

    private static TestExchange With(string token, params string[] more) => new("GET /", ["Authorization: Bearer " + token, .. more]);

    private sealed class KeyServer : HttpMessageHandler
    {
        public string Answer { get; set; } = "";

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(new HttpResponseMessage(Status) { Content = new StringContent(Answer) });
        }
    }
}
