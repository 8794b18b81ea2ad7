using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using Weir.Modules.Tests.AuthJwt;

namespace Weir.Modules.Tests.AuthOidc;

/// <summary>A provider that plays by the rules, but for what a test has it break.</summary>
internal sealed class FakeProvider : HttpMessageHandler
{
    public const string Issuer = TokenMaker.Issuer;
    public const string Discovery = "https://login.test/.well-known/openid-configuration";

    private readonly Dictionary<string, Dictionary<string, string>> _codes = [];

    public TokenMaker Maker { get; } = new();

    /// <summary>What was posted to the token endpoint.</summary>
    public List<Dictionary<string, string>> Asked { get; } = [];

    /// <summary>Who posted it.</summary>
    public List<string?> Identified { get; } = [];

    /// <summary>More members of the description.</summary>
    public string More { get; set; } = "";

    /// <summary>More members of the token endpoint's answer.</summary>
    public string MoreTokens { get; set; } = "";

    /// <summary>More claims of ID tokens.</summary>
    public string MoreClaims { get; set; } = "";

    /// <summary>What ID tokens say of themselves in place of the right values.</summary>
    public Dictionary<string, string> Claims { get; } = [];

    public string TokenHead { get; set; } = TokenMaker.Head;

    /// <summary>What the token endpoint answers in place of tokens.</summary>
    public (HttpStatusCode Status, string Content)? Failure { get; set; }

    public bool IsDown { get; set; }

    public long Now { get; set; } = TokenMaker.Now;

    /// <summary>What a person does who logs in: the path that the browser is sent back to.</summary>
    public string LogIn(string location)
    {
        Uri url = new(location);
        url.GetLeftPart(UriPartial.Path).ShouldBe("https://login.test/authorize");
        Dictionary<string, string> question = Parse(url.Query);
        question["response_type"].ShouldBe("code");
        question["client_id"].ShouldBe("shop");
        question["code_challenge_method"].ShouldBe("S256");
        question["scope"].Split(' ').ShouldContain("openid");
        string code = $"planted-code-{_codes.Count}";
        _codes[code] = question;
        string path = new Uri(question["redirect_uri"]).AbsolutePath;
        return $"{path}?code={code}&state={question["state"]}";
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsDown)
        {
            throw new HttpRequestException("Nobody is there.");
        }

        string url = request.RequestUri!.AbsoluteUri;
        return url switch
        {
            Discovery => Json($$"""
                {"issuer":"{{Issuer}}","authorization_endpoint":"https://login.test/authorize","token_endpoint":"https://login.test/token",
                "jwks_uri":"https://login.test/jwks"{{More}}}
                """),
            "https://login.test/jwks" => Json(Maker.KeySet()),
            "https://login.test/token" => Token(request, Parse(await request.Content!.ReadAsStringAsync(cancellationToken))),
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        };
    }

    protected override void Dispose(bool disposing)
    {
        Maker.Dispose();
        base.Dispose(disposing);
    }

    private HttpResponseMessage Token(HttpRequestMessage request, Dictionary<string, string> form)
    {
        lock (Asked)
        {
            Asked.Add(form);
            Identified.Add(request.Headers.Authorization?.ToString());
        }

        if (Failure is { } failure)
        {
            return Json(failure.Content, failure.Status);
        }

        if (form["grant_type"] == "refresh_token")
        {
            return Json($$"""{"access_token":"a2","token_type":"Bearer"{{MoreTokens}}}""");
        }

        if (!_codes.TryGetValue(form["code"], out Dictionary<string, string>? question))
        {
            return Json("""{"error":"invalid_grant"}""", HttpStatusCode.BadRequest);
        }

        string challenge = TokenMaker.Text(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"])));
        return question["code_challenge"] != challenge || question["redirect_uri"] != form["redirect_uri"]
            ? Json("""{"error":"invalid_grant"}""", HttpStatusCode.BadRequest)
            : Json($$"""{"access_token":"planted-access","token_type":"Bearer","id_token":"{{Sign(question["nonce"])}}"{{MoreTokens}}}""");
    }

    /// <summary>An ID token.</summary>
    public string Sign(string? nonce)
    {
        Dictionary<string, string> claims = new()
        {
            ["iss"] = $"\"{Issuer}\"",
            ["aud"] = "\"shop\"",
            ["sub"] = "\"bea\"",
            ["iat"] = $"{Now}",
            ["exp"] = $"{Now + 300}",
        };
        if (nonce is not null)
        {
            claims["nonce"] = $"\"{nonce}\"";
        }

        foreach ((string name, string value) in Claims)
        {
            claims[name] = value;
        }

        string text = "{" + string.Join(",", claims.Where(claim => claim.Value.Length > 0).Select(claim => $"\"{claim.Key}\":{claim.Value}")) + MoreClaims + "}";
        return Maker.Sign(text, TokenHead);
    }

    private static HttpResponseMessage Json(string content, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(content) };

    private static Dictionary<string, string> Parse(string query)
    {
        System.Collections.Specialized.NameValueCollection parsed = HttpUtility.ParseQueryString(query);
        return parsed.AllKeys.ToDictionary(key => key!, key => parsed[key]!);
    }
}
