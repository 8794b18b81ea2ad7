using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Abstractions.Tracing;
using Weir.Modules.Challenge;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Challenge;

public sealed class ChallengeTests
{
    private const int Bits = 6;

    private static readonly ChallengeOptions _always = new() { Always = true, Difficulty = Bits };

    private readonly TestBuilder _builder = new();

    [Fact]
    public void Who_is_not_suspicious_goes_on_and_costs_nothing()
    {
        IModule module = Make(new ChallengeOptions { When = "request.path.startsWith(\"/login\")", Rate = new Rate(1000, TimeSpan.FromSeconds(1)), Burst = 1_000_000 });
        TestExchange exchange = new("GET /index.html", "User-Agent: curl/8.5", "Cookie: a=b");
        Allocation.Of(() => _ = ((IRequestModule)module).OnRequestAsync(exchange.Exchange).Result).ShouldBe(0);
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.RequestFields.ShouldContain("Cookie: a=b");
        new Visitor(module).Open("GET /login").ShouldBeFalse();
    }

    [Fact]
    public void The_page_is_whole_in_itself_and_its_policy_names_what_it_holds()
    {
        Visitor visitor = new(Make(_always));
        visitor.Open("GET /<script>alert(1)</script>?\"><script>").ShouldBeFalse();
        string page = visitor.Exchange.AnswerBody();
        string fields = visitor.Exchange.ResponseFields;
        visitor.Exchange.Exchange.Response.Status.ShouldBe(429);
        fields.ShouldContain("Cache-Control: no-store");
        fields.ShouldContain("default-src 'none'");
        fields.ShouldContain($"script-src {HashOf(page, "script data-bits=\"6\"", "script")};");
        fields.ShouldContain($"style-src {HashOf(page, "style", "style")};");
        page.ShouldStartWith("<!doctype html>\n<html lang=\"en\">");
        page.ShouldContain("role=\"status\"");
        page.ShouldContain("prefers-color-scheme: dark");
        page.ShouldNotContain("http:");
        page.ShouldNotContain("https:");
        page.ShouldNotContain("src=");
        page.ShouldNotContain("alert(1)");
    }

    [Theory]
    [InlineData("GET", true, "Accept: text/html,*/*;q=0.8")]
    [InlineData("HEAD", true, "Accept: text/html")]
    [InlineData("GET", true, "Accept: */*", "Sec-Fetch-Dest: document")]
    [InlineData("GET", true, "Sec-Fetch-Dest: iframe")]
    [InlineData("GET", false, "Accept: */*")]
    [InlineData("GET", false)]
    [InlineData("GET", false, "Accept: text/html", "Sec-Fetch-Dest: empty")]
    [InlineData("GET", false, "Accept: text/html", "X-Requested-With: XMLHttpRequest")]
    [InlineData("GET", false, "Accept: text/html", "Upgrade: websocket")]
    [InlineData("POST", false, "Accept: application/json")]
    public void What_no_page_could_answer_is_refused_in_short(string method, bool getsPage, params string[] fields)
    {
        Visitor visitor = new(Make(_always));
        visitor.Send(method + " /a", fields).ShouldBe(Verdict.Answered);
        visitor.Exchange.Exchange.ErrorDetail.ShouldBe("challenge: always");
        visitor.Exchange.Exchange.Error.ShouldBe(getsPage ? null : ProxyErrors.Challenged);
    }

    [Fact]
    public void A_form_that_was_sent_is_not_passed_on_later_and_its_sender_is_told_so()
    {
        Visitor visitor = new(Make(_always));
        visitor.Send("POST /a", "Accept: text/html", "Sec-Fetch-Dest: document").ShouldBe(Verdict.Answered);
        visitor.Exchange.AnswerBody().ShouldContain("Your form was not sent");
        visitor.Exchange.ResponseFields.ShouldContain("no-store");
        visitor.Cookies.ShouldBeEmpty();
    }

    [Fact]
    public void Who_solves_the_puzzle_gets_a_cookie_that_no_script_reads_and_no_origin_sees()
    {
        Visitor visitor = new(Make(_always));
        visitor.Open().ShouldBeFalse();
        visitor.Pass(Bits).ShouldBeTrue();
        visitor.Attributes["__Host-weir-pass"].ShouldBe("; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure");
        visitor.Open().ShouldBeTrue();
        visitor.Exchange.RequestFields.ShouldContain("Cookie: a=b; c=d\r\n");
        visitor.Exchange.Loop.Pass(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        visitor.Open().ShouldBeTrue();
        visitor.Exchange.Loop.Pass(TimeSpan.FromSeconds(1));
        visitor.Open().ShouldBeFalse();
    }

    [Fact]
    public void A_pass_that_is_remembered_costs_no_allocation_and_ends_in_its_time_with_its_network_and_with_its_secret()
    {
        string folder = Directory.CreateTempSubdirectory("weir-challenge-").FullName;
        string file = Path.Combine(folder, "secret");
        try
        {
            File.WriteAllText(file, new string('a', 64) + "\n");
            using ChallengeModule module = (ChallengeModule)new TestBuilder(folder: folder).Make(
                new ChallengeFactory(), _always with { SecretFile = "secret", For = TimeSpan.FromHours(1) });
            Visitor visitor = new(module);
            visitor.Pass(Bits).ShouldBeTrue();
            string pass = visitor.Cookies["__Host-weir-pass"];
            visitor.Open().ShouldBeTrue();
            byte[] cookie = Encoding.ASCII.GetBytes("__Host-weir-pass=" + pass);
            TestExchange exchange = visitor.Exchange;
            Allocation.Of(() =>
            {
                exchange.Exchange.ProvenWork = default;
                exchange.Request.Fields.Clear();
                exchange.Request.Fields.Add(KnownField.Cookie, cookie);
                (module.OnRequestAsync(exchange.Exchange).Result == Verdict.Continue).ShouldBeTrue();
            }).ShouldBe(0);
            visitor.Address = "198.51.100.1";
            visitor.Open().ShouldBeFalse();
            visitor.Address = "192.0.2.9";
            visitor.Open().ShouldBeTrue();

            File.WriteAllText(file, new string('b', 64) + "\n");
            module.Held.OfType<WatchedContent<SealKeys>>().Single().Poll();
            module.Held.OfType<WatchedContent<SealKeys>>().Single().Poll();
            visitor.Open().ShouldBeFalse("Its secret is gone.");
            visitor.Pass(Bits).ShouldBeTrue();
            visitor.Open().ShouldBeTrue();
            visitor.Exchange.Loop.Pass(TimeSpan.FromHours(1));
            visitor.Open().ShouldBeFalse();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Without_TLS_the_cookies_have_another_name()
    {
        IModule module = Make(_always);
        TestExchange exchange = new();
        exchange.Request.IsHttps = false;
        exchange.Load("GET /", "Accept: text/html");
        exchange.Request.IsHttps = false;
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.ResponseFields.ShouldContain("Set-Cookie: weir-wait=");
        exchange.ResponseFields.ShouldNotContain("Secure");
    }

    [Fact]
    public void An_answer_is_taken_once_in_time_and_of_whom_the_puzzle_was_given_to()
    {
        IModule module = Make(_always);
        Visitor visitor = new(module);
        string answer = Visitor.Solve(visitor.Ask(Bits));
        visitor.Address = "192.0.3.9";
        visitor.Show(answer).ShouldBeFalse("another network");
        visitor.Address = "192.0.2.77";
        visitor.Exchange.Exchange.SiteName = "other";
        visitor.Show(answer).ShouldBeFalse("another site");
        visitor.Exchange.Exchange.SiteName = "shop";
        visitor.Show(answer).ShouldBeTrue();
        visitor.Show(answer).ShouldBeFalse("used before");
        string late = Visitor.Solve(visitor.Ask(Bits));
        visitor.Exchange.Loop.Pass(TimeSpan.FromMinutes(5));
        visitor.Show(late).ShouldBeFalse("too late");
        _builder.Counted("weir_challenge_total", "failed").ShouldBe(4);
    }

    [Fact]
    public void A_pass_is_good_on_its_site_and_in_its_network_only()
    {
        Visitor visitor = new(Make(_always));
        visitor.Pass(Bits).ShouldBeTrue();
        visitor.Address = "192.0.2.200";
        visitor.Open().ShouldBeTrue();
        visitor.Address = "192.0.3.9";
        visitor.Open().ShouldBeFalse();
        visitor.Address = "192.0.2.9";
        visitor.Exchange.Exchange.SiteName = "other";
        visitor.Open().ShouldBeFalse();
    }

    [Theory]
    [InlineData(ChallengeBinding.Address, false)]
    [InlineData(ChallengeBinding.Nothing, true)]
    public void How_much_of_the_address_counts_can_be_chosen(ChallengeBinding bind, bool isGood)
    {
        Visitor visitor = new(Make(_always with { Bind = bind }));
        visitor.Pass(Bits).ShouldBeTrue();
        visitor.Address = "192.0.2.200";
        visitor.Open().ShouldBe(isGood);
    }

    [Fact]
    public void A_pass_may_be_bound_to_the_User_Agent()
    {
        Visitor visitor = new(Make(_always with { BindUserAgent = true }));
        visitor.Send("GET /", "User-Agent: a", "Weir-Challenge: 6");
        string answer = Visitor.Solve(visitor.Exchange.Exchange.Response.Fields.GetText("Weir-Challenge"u8)!);
        visitor.Show(answer).ShouldBeFalse();
        visitor.Send("GET /", "User-Agent: a", "Weir-Challenge: " + answer);
        visitor.Exchange.Exchange.Response.Status.ShouldBe(204);
        visitor.Open("GET /", "User-Agent: a").ShouldBeTrue();
        visitor.Open("GET /", "User-Agent: a").ShouldBeTrue("It is remembered now.");
        visitor.Open("GET /", "User-Agent: b").ShouldBeFalse();
    }

    [Fact]
    public void A_stamp_of_one_kind_is_none_of_another()
    {
        Visitor visitor = new(Make(_always));
        string puzzle = visitor.Ask(Bits).Split(';')[0];
        visitor.Plant("__Host-weir-pass", puzzle);
        visitor.Open().ShouldBeFalse("a puzzle is no pass");
        visitor.Plant("__Host-weir-pass", visitor.Cookies["__Host-weir-wait"]);
        visitor.Open().ShouldBeFalse("a wait is no pass");
        Visitor other = new(Make(_always));
        other.Pass(Bits).ShouldBeTrue();
        other.Show(Visitor.Solve(other.Cookies["__Host-weir-pass"] + ";06")).ShouldBeFalse("a pass is no puzzle");
    }

    [Fact]
    public void No_octet_of_a_stamp_can_be_changed()
    {
        Visitor visitor = new(Make(_always));
        visitor.Pass(Bits).ShouldBeTrue();
        string pass = visitor.Cookies["__Host-weir-pass"];
        for (int i = 0; i < pass.Length; i++)
        {
            visitor.Plant("__Host-weir-pass", pass[..i] + (pass[i] == 'A' ? 'B' : 'A') + pass[(i + 1)..]);
            visitor.Open().ShouldBeFalse($"octet {i}");
        }

        visitor.Plant("__Host-weir-pass", pass + "A");
        visitor.Open().ShouldBeFalse();
        visitor.Plant("__Host-weir-pass", pass);
        visitor.Open().ShouldBeTrue();
    }

    [Fact]
    public void Work_that_was_easier_than_what_is_asked_for_is_not_enough()
    {
        ChallengeOptions options = new()
        {
            Difficulty = 4,
            Signs = [new ChallengeSignOptions { When = "request.path == \"/a\"", Points = 10 }, new ChallengeSignOptions { When = "request.query == \"hard\"", Points = 10 }],
            Levels = [new ChallengeLevelOptions { Score = 20, Difficulty = 8 }],
        };
        Visitor visitor = new(Make(options));
        visitor.Open("GET /b").ShouldBeTrue();
        visitor.Open("GET /a").ShouldBeFalse();
        visitor.Exchange.AnswerBody().ShouldContain("data-bits=\"4\"");
        visitor.Ask(1).ShouldEndWith(";04", Case.Sensitive, "nobody asks for less");
        visitor.Send("GET /b", "Weir-Challenge: 9").ShouldBe(Verdict.Continue, "it may be for a module below");
        visitor.Pass(4).ShouldBeTrue();
        visitor.Open("GET /a").ShouldBeTrue();
        visitor.Open("GET /a?hard").ShouldBeFalse();
        visitor.Exchange.AnswerBody().ShouldContain("data-bits=\"8\"");
        visitor.Exchange.AnswerBody().ShouldNotContain("http-equiv");
        visitor.Pass(8).ShouldBeTrue();
        visitor.Open("GET /a?hard").ShouldBeTrue();
    }

    [Fact]
    public void Without_a_script_who_waits_gets_a_pass_for_a_shorter_time()
    {
        Visitor visitor = new(Make(_always));
        visitor.Open().ShouldBeFalse();
        visitor.Exchange.AnswerBody().ShouldContain("<noscript><meta http-equiv=\"refresh\" content=\"6\"></noscript>");
        string first = visitor.Cookies["__Host-weir-wait"];
        visitor.Exchange.Loop.Pass(TimeSpan.FromSeconds(4));
        visitor.Open().ShouldBeFalse("too early");
        visitor.Cookies["__Host-weir-wait"].ShouldBe(first);
        visitor.Exchange.Loop.Pass(TimeSpan.FromSeconds(1));
        visitor.Open().ShouldBeFalse("the answer brings the cookie");
        visitor.Exchange.AnswerBody().ShouldContain("content=\"0\"");
        visitor.Cookies.Keys.ShouldBe(["__Host-weir-pass"]);
        visitor.Open().ShouldBeTrue();
        visitor.Exchange.RequestFields.ShouldContain("Cookie: a=b; c=d\r\n");
        visitor.Exchange.Loop.Pass(TimeSpan.FromMinutes(15));
        visitor.Open().ShouldBeFalse();
        visitor.Plant("__Host-weir-wait", first);
        visitor.Open().ShouldBeFalse();
        visitor.Exchange.AnswerBody().ShouldContain("challenge-status", Case.Sensitive, "a wait is good once");
    }

    [Fact]
    public void Of_one_network_so_many_pass_by_waiting()
    {
        IModule module = Make(_always with { NoScriptRate = new Rate(2, TimeSpan.FromHours(1)) });
        int passed = 0;
        for (int i = 0; i < 5; i++)
        {
            Visitor visitor = new(module, $"192.0.2.{i + 1}");
            visitor.Exchange.Loop.Pass(TimeSpan.FromSeconds(i));
            visitor.Open().ShouldBeFalse();
            visitor.Exchange.Loop.Pass(TimeSpan.FromSeconds(6));
            visitor.Open().ShouldBeFalse();
            passed += visitor.Open() ? 1 : 0;
        }

        passed.ShouldBe(2);
    }

    [Fact]
    public void Where_waiting_is_off_nobody_passes_by_it()
    {
        Visitor visitor = new(Make(_always with { NoScript = false }));
        visitor.Open().ShouldBeFalse();
        visitor.Cookies.ShouldBeEmpty();
        visitor.Exchange.AnswerBody().ShouldContain("JavaScript is off. Please turn it on");
    }

    [Fact]
    public void Above_its_rate_a_client_is_challenged()
    {
        Visitor visitor = new(Make(new ChallengeOptions { Rate = new Rate(2, TimeSpan.FromSeconds(1)), Difficulty = Bits }));
        visitor.Open().ShouldBeTrue();
        visitor.Open().ShouldBeTrue();
        visitor.Open().ShouldBeFalse();
        visitor.Exchange.Exchange.ErrorDetail.ShouldBe("challenge: its rate");
        visitor.Pass(Bits).ShouldBeTrue();
        visitor.Open().ShouldBeTrue();
    }

    [Fact]
    public void Whom_a_filter_marks_is_challenged()
    {
        IModule filter = _builder.Make(new Modules.Filter.FilterFactory(), new Modules.Filter.FilterOptions
        {
            Rules = [new() { Name = "bad", When = "request.path == \"/bad\"", Do = Modules.Filter.FilterAction.Challenge }],
        });
        IModule module = Make(new ChallengeOptions { Difficulty = Bits });
        TestExchange exchange = new("GET /good", "Accept: text/html");
        exchange.RunRequest(filter).ShouldBe(Verdict.Continue);
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.Load("GET /bad", "Accept: text/html");
        exchange.RunRequest(filter).ShouldBe(Verdict.Continue);
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.ErrorDetail.ShouldBe("challenge: a rule of filter");
    }

    [Fact]
    public void Exempt_clients_and_requests_are_never_challenged()
    {
        IpPrefix.TryParse("10.0.0.0/8", out IpPrefix own).ShouldBeTrue();
        IModule module = Make(_always with { Exempt = [own], ExemptWhen = "request.path == \"/robots.txt\"" });
        new Visitor(module, "10.1.1.1").Open().ShouldBeTrue();
        new Visitor(module).Open("GET /robots.txt").ShouldBeTrue();
        new Visitor(module).Open().ShouldBeFalse();
    }

    [Fact]
    public void What_one_module_has_taken_out_of_the_request_is_good_for_another_below_it()
    {
        IModule above = Make(new ChallengeOptions { When = "false", Difficulty = 4 });
        Visitor visitor = new(Make(_always));
        visitor.Pass(Bits).ShouldBeTrue();
        string pass = visitor.Cookies["__Host-weir-pass"];
        TestExchange exchange = new("GET /", "Accept: text/html", "Cookie: __Host-weir-pass=" + pass);
        exchange.Exchange.SiteName = "shop";
        exchange.Exchange.ClientAddress = TestExchange.Address("192.0.2.9");
        IModule harder = Make(_always with { Difficulty = 7 });
        exchange.RunRequest(above).ShouldBe(Verdict.Continue);
        exchange.RequestFields.ShouldNotContain("Cookie");
        exchange.RunRequest(Make(_always)).ShouldBe(Verdict.Continue);
        exchange.RunRequest(harder).ShouldBe(Verdict.Answered);
    }

    [Fact]
    public void A_pass_that_one_module_cannot_read_is_handed_to_the_one_below_and_not_to_the_origin()
    {
        IModule above = Make(new ChallengeOptions { When = "false", Difficulty = 4, Bind = ChallengeBinding.Nothing });
        IModule below = Make(_always);
        Visitor visitor = new(below);
        visitor.Pass(Bits).ShouldBeTrue();
        TestExchange exchange = new("GET /", "Accept: text/html", "Cookie: a=b; __Host-weir-pass=" + visitor.Cookies["__Host-weir-pass"]);
        exchange.Exchange.SiteName = "shop";
        exchange.Exchange.ClientAddress = TestExchange.Address("192.0.2.9");
        exchange.RunRequest(above).ShouldBe(Verdict.Continue);
        exchange.RequestFields.ShouldContain("Cookie: a=b\r\n");
        exchange.RunRequest(below).ShouldBe(Verdict.Continue);
    }

    [Fact]
    public void On_trial_nobody_is_challenged_and_explaining_counts_nothing()
    {
        Visitor visitor = new(Make(_always with { DryRun = true }));
        visitor.Open().ShouldBeTrue();
        TestExchange exchange = new("GET /", "Accept: text/html");
        exchange.Exchange.IsHypothetical = true;
        exchange.Exchange.Trace = new Trace();
        exchange.RunRequest(Make(_always)).ShouldBe(Verdict.Answered);
        exchange.Exchange.Trace.Steps.ShouldHaveSingleItem().Text.ShouldBe("challenged by always, with 6 bits");
        exchange.ResponseFields.ShouldNotContain("Set-Cookie");
        _builder.Counted("weir_challenge_total", "page").ShouldBe(0);
        _builder.Counted("weir_challenge_total", "dry_run").ShouldBe(1);
    }

    [Fact]
    public void Processes_that_share_a_file_take_each_others_passes_and_a_new_secret_goes_in_front()
    {
        string folder = Directory.CreateTempSubdirectory("weir-challenge-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "old"), "# ours\n" + new string('a', 64) + "\n");
            File.WriteAllText(Path.Combine(folder, "new"), new string('b', 64) + "\n" + new string('a', 64) + "\n");
            using ChallengeModule one = (ChallengeModule)new TestBuilder(folder: folder).Make(
                new ChallengeFactory(), _always with { SecretFile = "old" });
            using ChallengeModule other = (ChallengeModule)new TestBuilder(folder: folder).Make(
                new ChallengeFactory(), _always with { SecretFile = "new" });
            Visitor visitor = new(one);
            visitor.Pass(Bits).ShouldBeTrue();
            Visitor there = new(other);
            there.Plant("__Host-weir-pass", visitor.Cookies["__Host-weir-pass"]);
            there.Open().ShouldBeTrue();
            there.Plant("__Host-weir-pass", "");
            there.Pass(Bits).ShouldBeTrue();
            visitor.Plant("__Host-weir-pass", there.Cookies["__Host-weir-pass"]);
            visitor.Open().ShouldBeFalse();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Stamps_and_answers_that_somebody_made_up_are_never_taken()
    {
        IModule module = Make(_always);
        Visitor visitor = new(module);
        string good = visitor.Ask(Bits).Split(';')[0];
        int seed = Random.Shared.Next();
        Random random = new(seed);
        for (int round = 0; round < 5000; round++)
        {
            char[] letters = good.ToCharArray();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                letters[random.Next(letters.Length)] = (char)random.Next(33, 127);
            }

            string made = new string(letters)[..random.Next(letters.Length + 1)] + (random.Next(2) == 0 ? "" : ":" + random.Next());
            if (made.StartsWith(good, StringComparison.Ordinal) || made.All(char.IsAsciiDigit) || made.Contains(';'))
            {
                continue;
            }

            visitor.Show(made.Length == 0 ? "x" : made).ShouldBeFalse($"seed {seed}: {made}");
            visitor.Plant("__Host-weir-pass", made.Replace(",", "", StringComparison.Ordinal));
            visitor.Open().ShouldBeFalse($"seed {seed}: {made}");
        }
    }

    private static string HashOf(string page, string open, string close)
    {
        int start = page.IndexOf($"<{open}>", StringComparison.Ordinal) + open.Length + 2;
        string text = page[start..page.IndexOf($"</{close}>", start, StringComparison.Ordinal)];
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
    }

    private IModule Make(ChallengeOptions options) => _builder.Make(new ChallengeFactory(), options);
}
