using System.Net;
using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Tracing;
using Weir.Modules.AuthOidc;
using Weir.Modules.Tests.AuthJwt;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.AuthOidc;

public sealed class AuthOidcTests : IDisposable
{
    private const string Callback = "/.weir/login";
    private const string Logout = "/.weir/logout";

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-oidc-").FullName;
    private readonly FakeProvider _provider = new();
    private readonly TestBuilder _builder;
    private readonly AuthOidcOptions _options = new() { Issuer = FakeProvider.Issuer, ClientId = "shop", ClientSecretFile = "secret" };
    private AuthOidcModule? _module;

    public AuthOidcTests()
    {
        _builder = new TestBuilder(folder: _folder);
        File.WriteAllText(Path.Combine(_folder, "secret"), "planted secret\n");
    }

    /// <summary>Claims of ID tokens in place of the right ones, and what the log says.</summary>
    public static TheoryData<string, string, string> BadClaims => new()
    {
        { "nonce", "\"other\"", "nonce" },
        { "nonce", "", "nonce" },
        { "nonce", "[1]", "nonce" },
        { "exp", $"{TokenMaker.Now - 31}", "expired" },
        { "exp", "", "no time at which it ends" },
        { "iat", $"{TokenMaker.Now + 31}", "in the future" },
        { "iat", "", "iat" },
        { "iss", "\"https://evil.test/\"", "another issuer" },
        { "aud", "\"other\"", "another audience" },
        { "aud", "[\"shop\",\"other\"]", "azp" },
        { "azp", "\"other\"", "azp" },
        { "sub", "", "sub" },
        { "sub", "\"\"", "sub" },
        { "sub", "7", "sub" },
        { "at_hash", "\"AAAAAAAAAAAAAAAAAAAAAA\"", "at_hash" },
        { "at_hash", "1", "at_hash" },
    };

    public void Dispose()
    {
        _module?.Dispose();
        _provider.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Who_logs_in_gets_to_the_page_and_the_origin_learns_who_it_is_but_no_cookie()
    {
        FakeBrowser browser = Open(
            _options with { Claims = Map(("X-User", "sub"), ("X-Groups", "groups")), Parameters = Map(("prompt", "login")) });
        _provider.MoreClaims = ",\"groups\":[\"a\",\"b\"]";
        (await browser.GoAsync("/page?x=1", "X-User: root")).ShouldBeFalse();
        browser.Last.Exchange.Response.Status.ShouldBe(302);
        browser.Location!.ShouldStartWith("https://login.test/authorize?response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fshop.example.com%3A8443%2F.weir%2Flogin&");
        browser.Location!.ShouldEndWith("&prompt=login");
        browser.Last.ResponseFields.ShouldContain("Cache-Control: no-store");

        (await browser.GoAsync(_provider.LogIn(browser.Location!))).ShouldBeFalse();
        browser.Last.Exchange.Error.ShouldBeNull();
        browser.Location.ShouldBe("/page?x=1");
        browser.Last.Target.ShouldBe(Callback, "The code is in no log.");
        Encoding.Latin1.GetString(browser.Last.Request.Target).ShouldBe(Callback);
        browser.Jar.Keys.ShouldBe(["__Host-weir"]);
        _provider.Identified.ShouldBe(["Basic " + Convert.ToBase64String("shop:planted+secret"u8)]);

        browser.Jar["theme"] = "dark";
        browser.Jar["__Host-weirdo"] = "1";
        browser.Jar["__Host-weir-admin"] = "2";
        (await browser.GoAsync("/page?x=1", "X-User: root", "x_groups: root", "X.Groups: root")).ShouldBeTrue();
        browser.Last.RequestFields.ShouldBe(
            "Sec-Fetch-Mode: navigate\r\nCookie: theme=dark; __Host-weirdo=1; __Host-weir-admin=2\r\nX-User: bea\r\nX-Groups: a,b\r\n");
        browser.Last.ResponseFields.ShouldBe("Cache-Control: public, max-age=60\r\nCache-Control: private\r\n");
        (await browser.AskAsync("POST /api", "Sec-Fetch-Mode: cors")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("GET /", "Sec-Fetch-Mode: cors")]
    [InlineData("GET /", "Sec-Fetch-Mode: no-cors")]
    [InlineData("GET /", "Accept: application/json")]
    [InlineData("GET /", "Accept: */*")]
    [InlineData("POST /", "Sec-Fetch-Mode: navigate")]
    [InlineData("GET /", "Sec-Fetch-Mode: navigate", "Sec-Purpose: prefetch")]
    [InlineData("GET /", "Sec-Fetch-Mode: websocket", "Upgrade: websocket")]
    public async Task What_asks_for_no_page_gets_401_and_no_redirection(string requestLine, params string[] fields)
    {
        FakeBrowser browser = Open(_options);
        (await browser.AskAsync(requestLine, fields)).ShouldBeFalse();
        browser.Last.Exchange.Error.ShouldBe(ProxyErrors.AuthRequired);
        browser.Location.ShouldBeNull();
        browser.Jar.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_browser_without_Fetch_Metadata_says_that_it_takes_HTML()
    {
        FakeBrowser browser = Open(_options);
        (await browser.AskAsync("GET /", "Accept: text/html,*/*")).ShouldBeFalse();
        browser.Location.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_state_that_this_browser_did_not_begin_is_refused()
    {
        FakeBrowser victim = Open(_options);
        FakeBrowser attacker = new(_module!);
        await attacker.GoAsync("/");
        string answer = _provider.LogIn(attacker.Location!);
        (await victim.GoAsync(answer)).ShouldBeFalse();
        Failed(victim, "no login with that state");
        await victim.GoAsync("/");
        (await victim.GoAsync(answer)).ShouldBeFalse();
        Failed(victim, "no login with that state");
        (await victim.GoAsync(Callback + "?code=x")).ShouldBeFalse();
        Failed(victim, "no login with that state");
        (await victim.GoAsync(answer + "&state=a")).ShouldBeFalse();
        Failed(victim, "no login with that state");
        _provider.Asked.ShouldBeEmpty();
        victim.Jar.Keys.ShouldBe(["__Host-weir.login0"]);
    }

    [Fact]
    public async Task A_login_is_completed_once()
    {
        FakeBrowser browser = Open(_options);
        await browser.GoAsync("/");
        string answer = _provider.LogIn(browser.Location!);
        Dictionary<string, string> before = new(browser.Jar);
        await browser.GoAsync(answer);
        browser.Location.ShouldBe("/");

        // Who goes back has a session; who copied the cookies before has none, and gets none.
        await browser.GoAsync(answer);
        (browser.Last.Exchange.Error, browser.Location).ShouldBe((null, "/"));
        FakeBrowser thief = new(_module!);
        foreach ((string name, string value) in before)
        {
            thief.Jar[name] = value;
        }

        await thief.GoAsync(answer);
        Failed(thief, "completed already");
        _provider.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_login_that_took_too_long_is_refused()
    {
        FakeBrowser browser = Open(_options);
        await browser.GoAsync("/");
        browser.Loop.Pass(TimeSpan.FromMinutes(11));
        await browser.GoAsync(_provider.LogIn(browser.Location!));
        Failed(browser, "longer than ten minutes");
    }

    [Fact]
    public async Task A_code_that_another_login_began_is_refused_by_its_verifier()
    {
        FakeBrowser attacker = Open(_options);
        await attacker.GoAsync("/");
        string stolen = _provider.LogIn(attacker.Location!);
        FakeBrowser victim = new(_module!);
        await victim.GoAsync("/");
        string own = _provider.LogIn(victim.Location!);
        string mixed = stolen[..stolen.IndexOf("&state", StringComparison.Ordinal)] + own[own.IndexOf("&state", StringComparison.Ordinal)..];
        await victim.GoAsync(mixed);
        Failed(victim, "refused with invalid_grant");
        victim.Jar.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(BadClaims))]
    public async Task An_ID_token_that_is_not_for_this_login_is_refused(string claim, string value, string why)
    {
        _provider.Claims[claim] = value;
        FakeBrowser browser = Open(_options);
        await browser.LogInAsync(_provider);
        Failed(browser, why);
        browser.Jar.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"alg":"none"}""", "algorithm")]
    [InlineData("""{"alg":"HS256","kid":"e1"}""", "algorithm")]
    [InlineData("""{"alg":"ES256","kid":"e9"}""", "no key")]
    public async Task An_ID_token_of_another_algorithm_or_key_is_refused(string head, string why)
    {
        _provider.TokenHead = head;
        FakeBrowser browser = Open(_options);
        await browser.LogInAsync(_provider);
        Failed(browser, why);
    }

    [Fact]
    public async Task A_hash_of_the_access_token_and_the_party_that_is_named_are_checked_where_they_are_given()
    {
        byte[] hash = System.Security.Cryptography.SHA256.HashData("planted-access"u8);
        _provider.Claims["at_hash"] = $"\"{TokenMaker.Text(hash[..16])}\"";
        _provider.Claims["aud"] = "[\"shop\",\"other\"]";
        _provider.Claims["azp"] = "\"shop\"";
        FakeBrowser browser = Open(_options);
        await browser.LogInAsync(_provider);
        browser.Location.ShouldBe("/page?x=1");
    }

    [Fact]
    public async Task An_answer_of_another_provider_is_refused()
    {
        _provider.More = ",\"authorization_response_iss_parameter_supported\":true";
        FakeBrowser browser = Open(_options);
        await browser.GoAsync("/");
        await browser.GoAsync(_provider.LogIn(browser.Location!) + "&iss=https%3A%2F%2Fevil.test");
        Failed(browser, "another provider's");
        await browser.GoAsync("/");
        await browser.GoAsync(_provider.LogIn(browser.Location!));
        Failed(browser, "does not say which provider");
        await browser.GoAsync("/");
        await browser.GoAsync(_provider.LogIn(browser.Location!) + "&iss=" + Uri.EscapeDataString(FakeProvider.Issuer));
        browser.Last.Exchange.Error.ShouldBeNull();
    }

    [Fact]
    public async Task What_the_provider_says_against_it_is_told_to_the_log_alone_and_never_in_its_own_words()
    {
        FakeBrowser browser = Open(_options);
        await browser.GoAsync("/");
        string state = browser.Location![browser.Location!.IndexOf("state=", StringComparison.Ordinal)..].Split('&')[0];
        await browser.GoAsync($"{Callback}?error=access_denied&{state}");
        Failed(browser, "the provider refused with access_denied");
        await browser.GoAsync("/");
        state = browser.Location![browser.Location!.IndexOf("state=", StringComparison.Ordinal)..].Split('&')[0];
        await browser.GoAsync($"{Callback}?error=a%0Ab&{state}");
        Failed(browser, "the provider refused with an error");
    }

    [Fact]
    public async Task While_the_provider_cannot_be_asked_nobody_is_let_in_and_the_log_says_what_to_do()
    {
        _provider.IsDown = true;
        FakeBrowser browser = Open(_options);
        await browser.GoAsync("/");
        browser.Last.Exchange.Error.ShouldBe(ProxyErrors.AuthUnavailable);
        _builder.Heard.Warnings.ShouldHaveSingleItem().ShouldContain("Nobody is let in until it can.");

        _provider.IsDown = false;
        browser.Loop.Pass(TimeSpan.FromSeconds(11));
        await browser.GoAsync("/");
        _provider.Failure = (HttpStatusCode.Unauthorized, """{"error":"invalid_client","error_description":"planted secret"}""");
        await browser.GoAsync(_provider.LogIn(browser.Location!));
        browser.Last.Exchange.Error.ShouldBe(ProxyErrors.AuthUnavailable);
        _builder.Heard.Warnings[^1].ShouldContain("check client_id, client_secret_file and client_authentication");
        string.Join("\n", _builder.Heard.Warnings).ShouldNotContain("planted");
    }

    [Fact]
    public async Task A_description_of_another_issuer_or_without_https_is_not_used()
    {
        _provider.More = ",\"end_session_endpoint\":\"http://login.test/end\"";
        FakeBrowser browser = Open(_options with { Issuer = "https://login.test" });
        await browser.GoAsync("/");
        browser.Last.Exchange.Error.ShouldBe(ProxyErrors.AuthUnavailable);
        _builder.Heard.Warnings.ShouldHaveSingleItem().ShouldContain("another issuer");
        List<string> mistakes = [];
        ProviderSetup.Parse(
            """{"issuer":"i","authorization_endpoint":"http://a.test/","token_endpoint":"https://a.test/","jwks_uri":1,"end_session_endpoint":"http://a.test/"}"""u8.ToArray(),
            "i", mistakes).EndSession.ShouldBeNull();
        mistakes.ShouldBe(["Its authorization_endpoint is no https URL.", "Its jwks_uri is no https URL."]);
        ProviderSetup.Parse("[]"u8.ToArray(), "i", mistakes);
        ProviderSetup.Parse("{"u8.ToArray(), "i", mistakes);
        mistakes.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Without_https_no_login_begins()
    {
        FakeBrowser browser = Open(_options);
        TestExchange plain = new("GET /", "Accept: text/html");
        plain.Request.IsHttps = false;
        plain.Request.Fields.Add("X-Forwarded-Proto", "https");
        await _module!.OnRequestAsync(plain.Exchange);
        plain.Exchange.Error.ShouldBe(ProxyErrors.AuthUnavailable);
        plain.Exchange.ErrorDetail!.ShouldContain("trusted_proxies");
        browser.Jar.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("//evil.test/", "/")]
    [InlineData("/\\evil.test", "/")]
    [InlineData("/a\tb", "/")]
    [InlineData("/ok?next=//evil.test", "/ok?next=//evil.test")]
    public async Task Who_logs_in_gets_back_to_this_site_alone(string target, string back)
    {
        FakeBrowser browser = Open(_options);
        await browser.LogInAsync(_provider, target);
        browser.Location.ShouldBe(back);
    }

    [Fact]
    public async Task A_browser_has_four_logins_in_flight_at_most()
    {
        FakeBrowser browser = Open(_options);
        List<string> answers = [];
        for (int i = 0; i < 6; i++)
        {
            browser.Loop.Pass(TimeSpan.FromSeconds(1));
            await browser.GoAsync($"/{i}");
            answers.Add(_provider.LogIn(browser.Location!));
        }

        browser.Jar.Count.ShouldBe(4);
        await browser.GoAsync(answers[0]);
        Failed(browser, "no login with that state");
        await browser.GoAsync(answers[4]);
        browser.Location.ShouldBe("/4");
    }

    [Fact]
    public async Task Logins_that_have_begun_make_no_head_long_whatever_was_asked_for()
    {
        FakeBrowser browser = Open(_options);
        List<string> answers = [];
        for (int i = 0; i < 4; i++)
        {
            browser.Loop.Pass(TimeSpan.FromSeconds(1));
            await browser.GoAsync($"/shop/articles/{i}?sort=price");
            answers.Add(_provider.LogIn(browser.Location!));
        }

        browser.Jar.Count.ShouldBe(4);
        OctetsOf(browser).ShouldBeLessThan(1100);
        for (int i = 0; i < 4; i++)
        {
            browser.Loop.Pass(TimeSpan.FromSeconds(1));
            string target = $"/{i}?" + new string('q', 2040);
            await browser.GoAsync(target);
            OctetsOf(browser).ShouldBeLessThanOrEqualTo(BegunLogins.MostOctets);
            answers.Add(_provider.LogIn(browser.Location!));
        }

        await browser.GoAsync(answers[0]);
        Failed(browser, "no login with that state");
        await browser.GoAsync(answers[^1]);
        browser.Location!.ShouldStartWith("/3?qqq");
        FakeBrowser other = new(_module!);
        await other.LogInAsync(_provider, "/long?" + new string('q', 2048));
        other.Location.ShouldBe("/long");
    }

    [Fact]
    public async Task What_stands_in_the_place_of_a_login_and_is_none_goes()
    {
        FakeBrowser browser = Open(_options);
        browser.Jar["__Host-weir.login0"] = new string('A', 3000);
        browser.Jar["__Host-weir.login2"] = new string('A', 3000);
        browser.Jar["__Host-weir.login3"] = "";
        await browser.GoAsync("/");
        browser.Jar.Keys.ShouldBe(["__Host-weir.login0"]);
        OctetsOf(browser).ShouldBeLessThan(400);
        await browser.GoAsync(_provider.LogIn(browser.Location!));
        browser.Location.ShouldBe("/");
    }

    [Fact]
    public async Task Who_sends_codes_that_no_provider_gave_is_soon_not_heard_and_others_are()
    {
        FakeBrowser attacker = Open(_options);
        for (int i = 0; i < 25; i++)
        {
            await attacker.GoAsync("/");
            string bogus = _provider.LogIn(attacker.Location!).Replace("planted-code", "planted-bogus", StringComparison.Ordinal);
            await attacker.GoAsync(bogus);
        }

        _provider.Asked.Count.ShouldBe(20);
        attacker.Last.Exchange.Error.ShouldBe(ProxyErrors.AuthUnavailable);
        attacker.Last.Exchange.RetryAfterSeconds.ShouldBe(10);
        attacker.Last.Exchange.ErrorDetail.ShouldNotBeNull().ShouldContain("logins of this client have failed");
        _builder.Counted("weir_oidc_logins_total", "crowded").ShouldBe(5);
        _builder.Counted("weir_oidc_logins_total", "failed").ShouldBe(20);
        _builder.Heard.Notes.ShouldContain(note => note.Contains("logins were turned away", StringComparison.Ordinal));

        FakeBrowser other = new(_module!) { Address = "192.0.2.10" };
        await other.LogInAsync(_provider);
        other.Location.ShouldBe("/page?x=1");
        _builder.Counted("weir_oidc_logins_total", "completed").ShouldBe(1);
        attacker.Loop.Pass(TimeSpan.FromSeconds(11));
        await attacker.LogInAsync(_provider);
        attacker.Location.ShouldBe("/page?x=1", "The login that found no place, or a new one, works later.");
    }

    [Fact]
    public async Task One_client_takes_half_of_the_places_at_the_provider_at_most()
    {
        FakeBrowser first = Open(_options);
        await first.LogInAsync(_provider);
        IpAddress client = TestExchange.Address(first.Address);
        for (int i = 0; i < 32; i++)
        {
            _module!.Places.TryTake(client).ShouldBeTrue();
        }

        FakeBrowser more = new(_module!);
        await more.GoAsync("/");
        string answer = _provider.LogIn(more.Location!);
        (await more.GoAsync(answer)).ShouldBeFalse();
        more.Last.Exchange.Error.ShouldBe(ProxyErrors.AuthUnavailable);
        more.Jar.ShouldNotBeEmpty("The login stays, and can be completed later.");
        _provider.Asked.Count.ShouldBe(1);

        FakeBrowser other = new(_module!) { Address = "2001:db8::1" };
        await other.LogInAsync(_provider);
        other.Location.ShouldBe("/page?x=1");
        _module!.Places.Leave(client);
        await more.GoAsync(answer);
        more.Location.ShouldBe("/");
    }

    [Fact]
    public async Task Who_lacks_what_is_required_is_forbidden_and_can_log_out()
    {
        FakeBrowser browser = Open(_options with { Require = new Dictionary<string, IReadOnlyList<string>> { ["groups"] = ["staff"] } });
        await browser.LogInAsync(_provider);
        (await browser.GoAsync("/page")).ShouldBeFalse();
        browser.Last.Exchange.Error.ShouldBe(ProxyErrors.AuthForbidden);
        await browser.GoAsync(Logout);
        browser.Jar.ShouldBeEmpty();
        _provider.MoreClaims = ",\"groups\":[\"x\",\"staff\"]";
        await browser.LogInAsync(_provider);
        (await browser.GoAsync("/page")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_session_ends_after_its_idle_time_and_after_its_whole_time()
    {
        FakeBrowser browser = Open(_options with { Idle = TimeSpan.FromMinutes(10), Session = TimeSpan.FromHours(1) });
        await browser.LogInAsync(_provider);
        FakeBrowser resting = new(_module!);
        resting.Jar["__Host-weir"] = browser.Jar["__Host-weir"];
        for (int i = 0; i < 11; i++)
        {
            browser.Loop.Pass(TimeSpan.FromMinutes(5));
            (await browser.GoAsync("/")).ShouldBeTrue($"after {(i + 1) * 5} minutes");
            browser.SetCookies.ShouldContain("__Host-weir=1", customMessage: "A quarter of the idle time has passed.");
        }

        browser.Loop.Pass(TimeSpan.FromMinutes(6));
        (await browser.GoAsync("/")).ShouldBeFalse();
        resting.Loop.Pass(TimeSpan.FromMinutes(9));
        (await resting.GoAsync("/")).ShouldBeTrue();
        resting.Jar["__Host-weir"] = resting.Jar["__Host-weir"][..^2] + "AA";
        (await resting.GoAsync("/")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_outlives_a_restart_where_the_secret_does_and_each_day_has_a_key()
    {
        FakeBrowser browser = Open(_options);
        await browser.LogInAsync(_provider);
        using AuthOidcModule first = _module!;
        TestBuilder next = new(folder: _folder) { Kept = _builder.Kept };
        (await Open(_options, browser.Jar, next).GoAsync("/")).ShouldBeTrue();
        _module!.Dispose();
        (await Open(_options with { ClientId = "other" }, browser.Jar, next).AskAsync("GET /")).ShouldBeFalse("It is of another client.");
        _module!.Dispose();
        (await Open(_options, browser.Jar, new TestBuilder(folder: _folder)).AskAsync("GET /")).ShouldBeFalse("It has another secret.");

        using DerivedSealKeys keys = new(_builder.Kept);
        const long Day = 86_400_000;
        long today = TokenMaker.Now * 1000;
        uint[] seen = [.. Enumerable.Range(0, 40).Select(day => keys.Newest(today + (day * Day)).Id).Distinct()];
        seen.Length.ShouldBe(40);
        keys.Find(seen[0], today + (31 * Day)).ShouldNotBeNull();
        keys.Find(seen[0], today + (32 * Day)).ShouldBeNull();
        keys.Find(seen[2], today).ShouldBeNull();
    }

    [Fact]
    public async Task Modules_of_one_provider_client_and_cookie_have_their_sessions_in_common()
    {
        AuthOidcOptions other = _options with { CallbackPath = "/b/in", LogoutPath = "/b/out", Claims = Map(("X-Mail", "email")) };
        _ = Open(other);
        using AuthOidcModule second = _module!;
        _provider.MoreClaims = ",\"email\":\"bea@a.test\"";
        FakeBrowser browser = Open(_options with { Claims = Map(("X-User", "sub")) });
        await browser.LogInAsync(_provider);
        FakeBrowser there = new(second);
        there.Jar["__Host-weir"] = browser.Jar["__Host-weir"];
        (await there.GoAsync("/b/")).ShouldBeTrue();
        there.Last.RequestFields.ShouldContain("X-Mail: bea@a.test");
        await browser.GoAsync(Logout);
        (await there.GoAsync("/b/")).ShouldBeFalse();
    }

    [Fact]
    public async Task Processes_that_have_a_key_file_in_common_read_each_others_cookies()
    {
        string file = Path.Combine(_folder, "keys");
        File.WriteAllText(file, "# now\n" + new string('a', 64) + "\n\n" + new string('b', 64) + "\n");
        FakeBrowser browser = Open(_options with { CookieKeysFile = "keys" });
        await browser.LogInAsync(_provider);
        AuthOidcModule first = _module!;
        File.WriteAllText(file, new string('c', 64) + "\n" + new string('a', 64) + "\n");
        (await Open(_options with { CookieKeysFile = "keys" }, browser.Jar).GoAsync("/")).ShouldBeTrue();
        _module!.Dispose();
        File.WriteAllText(file, new string('c', 64) + "\n");
        (await Open(_options with { CookieKeysFile = "keys" }, browser.Jar).GoAsync("/")).ShouldBeFalse();
        first.Dispose();
    }

    [Fact]
    public async Task Logging_out_ends_the_session_here_and_there()
    {
        _provider.More = ",\"end_session_endpoint\":\"https://login.test/end?a=b\"";
        FakeBrowser browser = Open(_options with { AfterLogout = "/goodbye" });
        await browser.LogInAsync(_provider);
        FakeBrowser thief = new(_module!);
        thief.Jar["__Host-weir"] = browser.Jar["__Host-weir"];
        (await browser.GoAsync(Logout, "Sec-Fetch-Site: cross-site")).ShouldBeFalse();
        browser.Last.Exchange.Error.ShouldBe(ProxyErrors.AuthForbidden);
        await browser.AskAsync("POST " + Logout, "Sec-Fetch-Site: same-origin");
        browser.Last.Exchange.Response.Status.ShouldBe(303);
        browser.Location.ShouldBe(
            "https://login.test/end?a=b&client_id=shop&post_logout_redirect_uri=https%3A%2F%2Fshop.example.com%3A8443%2Fgoodbye");
        browser.Jar.ShouldBeEmpty();
        (await thief.GoAsync("/")).ShouldBeFalse("The session is over, whoever has its cookie.");
    }

    [Fact]
    public async Task Logging_out_where_the_provider_has_no_such_thing_says_so()
    {
        FakeBrowser browser = Open(_options);
        await browser.LogInAsync(_provider);
        await browser.GoAsync(Logout);
        (browser.Last.Exchange.Response.Status, browser.Jar.Count).ShouldBe((200, 0));
        browser.Last.AnswerBody().ShouldContain("You are logged out");
    }

    [Fact]
    public async Task A_session_with_a_refresh_token_is_renewed_once_for_all_who_ask_and_ends_when_the_provider_says_so()
    {
        _provider.MoreTokens = ",\"refresh_token\":\"planted-refresh\",\"expires_in\":300";
        FakeBrowser browser = Open(_options);
        await browser.LogInAsync(_provider);
        browser.Jar["__Host-weir"].ShouldNotContain("planted");
        browser.Loop.Pass(TimeSpan.FromSeconds(230));
        (await browser.GoAsync("/")).ShouldBeTrue();
        _provider.Asked.Count.ShouldBe(1);

        browser.Loop.Pass(TimeSpan.FromSeconds(20));
        string before = browser.Jar["__Host-weir"];
        _provider.MoreTokens = ",\"refresh_token\":\"planted-second\",\"expires_in\":300,\"id_token\":\"" + _provider.Sign(null) + "\"";
        (await browser.AskAsync("POST /api")).ShouldBeTrue("Nobody is sent away for it.");
        _provider.Asked[^1]["refresh_token"].ShouldBe("planted-refresh");
        FakeBrowser other = new(_module!);
        other.Loop.Pass(TimeSpan.FromSeconds(250));
        other.Jar["__Host-weir"] = before;
        (await other.GoAsync("/")).ShouldBeTrue();
        _provider.Asked.Count.ShouldBe(2);
        other.Jar["__Host-weir"].ShouldNotBe(before);

        _provider.Failure = (HttpStatusCode.ServiceUnavailable, "");
        browser.Loop.Pass(TimeSpan.FromSeconds(250));
        (await browser.AskAsync("GET /")).ShouldBeTrue("The tokens have not ended.");
        _provider.Asked[^1]["refresh_token"].ShouldBe("planted-second");
        browser.Loop.Pass(TimeSpan.FromSeconds(60));
        (await browser.AskAsync("GET /")).ShouldBeFalse();
        browser.Last.Exchange.Error.ShouldBe(ProxyErrors.AuthUnavailable);

        _provider.Failure = (HttpStatusCode.BadRequest, """{"error":"invalid_grant"}""");
        browser.Loop.Pass(TimeSpan.FromSeconds(60));
        (await browser.AskAsync("GET /")).ShouldBeFalse();
        browser.Last.Exchange.Error.ShouldBe(ProxyErrors.AuthRequired);
    }

    [Fact]
    public async Task A_renewal_that_is_about_somebody_else_ends_the_session()
    {
        _provider.MoreTokens = ",\"refresh_token\":\"r\",\"expires_in\":60";
        FakeBrowser browser = Open(_options);
        await browser.LogInAsync(_provider);
        browser.Loop.Pass(TimeSpan.FromSeconds(50));
        _provider.Claims["sub"] = "\"eve\"";
        _provider.MoreTokens = ",\"id_token\":\"" + _provider.Sign(null) + "\"";
        (await browser.AskAsync("GET /")).ShouldBeFalse();
        browser.Last.Exchange.ErrorDetail!.ShouldContain("somebody else");
    }

    [Fact]
    public async Task A_session_that_is_too_long_for_one_cookie_takes_several_and_leaves_none_behind()
    {
        FakeBrowser browser = Open(_options with { Claims = Map(("X-Groups", "groups")) });
        _provider.MoreClaims = $",\"groups\":\"{new string('x', 6000)}\"";
        await browser.LogInAsync(_provider);
        browser.Jar.Keys.ShouldBe(["__Host-weir", "__Host-weir.1", "__Host-weir.2"]);
        (await browser.GoAsync("/")).ShouldBeTrue();
        browser.Last.RequestFields.ShouldNotContain("__Host-weir");
        browser.Jar.Remove("__Host-weir.1", out string? part);
        (await browser.GoAsync("/")).ShouldBeFalse();
        browser.Jar["__Host-weir.1"] = part!;
        await browser.GoAsync(Logout);
        browser.Jar.ShouldNotContainKey("__Host-weir.2");

        _provider.MoreClaims = $",\"groups\":\"{new string('x', 20_000)}\"";
        await browser.LogInAsync(_provider);
        Failed(browser, "too long for a cookie");
        _builder.Heard.Warnings[^1].ShouldContain("name fewer of them");
    }

    [Fact]
    public async Task A_public_client_names_itself_and_post_shows_the_secret_among_the_parameters()
    {
        FakeBrowser browser = Open(_options with { ClientSecretFile = null });
        await browser.LogInAsync(_provider);
        (_provider.Asked[^1]["client_id"], _provider.Identified[^1]).ShouldBe(("shop", null));
        _module!.Dispose();
        browser = Open(_options with { ClientAuthentication = ClientAuthentication.Post });
        await browser.LogInAsync(_provider);
        (_provider.Asked[^1]["client_secret"], _provider.Identified[^1]).ShouldBe(("planted secret", null));
    }

    [Fact]
    public async Task Claims_that_something_below_asks_for_are_handed_over()
    {
        ClaimNames.TryFind("email", out int email).ShouldBeTrue();
        _provider.MoreClaims = ",\"email\":\"bea@a.test\"";
        FakeBrowser browser = Open(_options);
        await browser.LogInAsync(_provider);
        (await browser.GoAsync("/")).ShouldBeTrue();
        Encoding.UTF8.GetString(browser.Last.Exchange.Claims.ShouldNotBeNull().Find(email)).ShouldBe("bea@a.test");
    }

    [Fact]
    public async Task A_session_is_remembered_without_an_allocation()
    {
        FakeBrowser browser = Open(_options with { Claims = Map(("X-User", "sub")) });
        await browser.LogInAsync(_provider);
        TestExchange exchange = new(browser.Loop, "GET /");
        byte[] cookie = Encoding.ASCII.GetBytes("a=b; __Host-weir=" + browser.Jar["__Host-weir"]);
        Allocation.Of(() =>
        {
            exchange.Request.Clear();
            exchange.Request.SetPath(exchange.Request.Fields.Store("/"u8));
            exchange.Request.Fields.Add(KnownField.Cookie, cookie);
            (_module!.OnRequestAsync(exchange.Exchange).Result == Verdict.Continue).ShouldBeTrue();
        }).ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_secret_is_in_a_trace_and_who_only_asks_changes_nothing()
    {
        FakeBrowser browser = Open(_options);
        foreach (string target in new[] { "/", Callback + "?code=planted&state=planted", Logout })
        {
            TestExchange exchange = new("GET " + target, "Accept: text/html", "Cookie: __Host-weir=1planted");
            exchange.Exchange.IsHypothetical = true;
            exchange.Exchange.Trace = new Trace();
            exchange.RunRequest(_module!).ShouldBe(Verdict.Answered);
            string.Join("\n", exchange.Exchange.Trace.Steps).ShouldNotContain("planted");
        }

        _provider.Asked.ShouldBeEmpty();
        browser.Jar.ShouldBeEmpty();
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData("1")]
    [InlineData("9AAAA")]
    [InlineData("1AAAA")]
    [InlineData("2AAAA")]
    [InlineData("1////")]
    [InlineData("-1AAAA")]
    public async Task A_cookie_that_is_not_ours_is_none(string value)
    {
        FakeBrowser browser = Open(_options);
        browser.Jar["__Host-weir"] = value;
        (await browser.AskAsync("GET /")).ShouldBeFalse();
        browser.Last.Exchange.Error.ShouldBe(ProxyErrors.AuthRequired);
    }

    [Fact]
    public async Task Each_octet_of_a_cookie_counts_and_a_login_is_no_session()
    {
        FakeBrowser browser = Open(_options);
        await browser.GoAsync("/");
        FakeBrowser other = new(_module!);
        other.Jar["__Host-weir"] = "1" + browser.Jar["__Host-weir.login0"];
        (await other.AskAsync("GET /")).ShouldBeFalse();
        await browser.GoAsync(_provider.LogIn(browser.Location!));
        string good = browser.Jar["__Host-weir"];
        for (int i = 0; i < good.Length; i++)
        {
            other.Jar["__Host-weir"] = good[..i] + (good[i] == 'A' ? 'B' : 'A') + good[(i + 1)..];
            (await other.AskAsync("GET /")).ShouldBeFalse($"letter {i}");
        }

        other.Jar["__Host-weir"] = good;
        (await other.AskAsync("GET /")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_made_up_costs_no_exception()
    {
        FakeBrowser browser = Open(_options);
        await browser.GoAsync("/");
        string login = browser.Jar["__Host-weir.login0"];
        await browser.GoAsync(_provider.LogIn(browser.Location!));
        string good = browser.Jar["__Host-weir"];
        string changed = good[..^1] + (good[^1] == 'A' ? 'Q' : 'A');
        string middle = good[..40] + (good[40] == 'A' ? 'B' : 'A') + good[41..];
        foreach (string cookie in (string[])[changed, middle, "1" + login, good[..60], "1", "1" + new string('A', 200), "9" + good])
        {
            foreach (string target in (string[])["/", Callback + "?code=x&state=y", Callback, Logout])
            {
                TestExchange exchange = new(
                    "GET " + target, "Accept: text/html", $"Cookie: __Host-weir={cookie}; __Host-weir.login0={cookie}");
                Thrown.By(() => exchange.RunRequest(_module!)).ShouldBe(0, cookie);
            }
        }
    }

    private static int OctetsOf(FakeBrowser browser) => browser.Jar.Sum(pair => pair.Key.Length + pair.Value.Length + 3);

    private static void Failed(FakeBrowser browser, string why)
    {
        browser.Last.Exchange.Error.ShouldBe(ProxyErrors.LoginFailed);
        browser.Last.Exchange.ErrorDetail.ShouldNotBeNull().ShouldContain(why);
        browser.Last.Exchange.ErrorDetail.ShouldNotContain("planted");
    }

    private FakeBrowser Open(AuthOidcOptions options, Dictionary<string, string>? jar = null, TestBuilder? builder = null)
    {
        _module = (AuthOidcModule)(builder ?? _builder).Make(new AuthOidcFactory { Handler = new Unowned(_provider) }, options);
        FakeBrowser browser = new(_module);
        foreach ((string name, string value) in jar ?? [])
        {
            browser.Jar[name] = value;
        }

        return browser;
    }

    private static Dictionary<string, string> Map(params (string Key, string Value)[] pairs) =>
        pairs.ToDictionary(pair => pair.Key, pair => pair.Value);

    // A module disposes of what asks for it; the provider stays for the next one.
    private sealed class Unowned : DelegatingHandler
    {
        public Unowned(HttpMessageHandler inner) => InnerHandler = inner;

        protected override void Dispose(bool disposing)
        {
        }
    }
}
