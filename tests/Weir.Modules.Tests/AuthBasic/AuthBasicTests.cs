using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Tracing;
using Weir.Modules.AuthBasic;
using Weir.Modules.Remembering;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.AuthBasic;

public sealed class AuthBasicTests : IDisposable
{
    private const string Bea = "bea:$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";
    private const string Mia = "mia:$apr1$H0XPmr2f$1QfUi5GmcxknumWhGfN7o0";
    private const string Right = "correct horse";

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-basic-").FullName;
    private readonly TestBuilder _builder;

    public AuthBasicTests()
    {
        _builder = new TestBuilder(folder: _folder);
        File.WriteAllText(Path.Combine(_folder, "users"), $"# staff\n{Bea}\n{Mia}:more\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bea", Right, true)]
    [InlineData("mia", Right, true)]
    [InlineData("bea", "wrong", false)]
    [InlineData("BEA", Right, false)]
    [InlineData("nobody", Right, false)]
    [InlineData("bea", "", false)]
    public void A_name_and_its_password_are_let_in(string name, string password, bool isLetIn)
    {
        using AuthBasicModule module = Make();
        for (int i = 0; i < 2; i++)
        {
            TestExchange exchange = With(name, password);
            OneThread.Run(() => module.OnRequestAsync(exchange.Exchange)).ShouldBe(isLetIn ? Verdict.Continue : Verdict.Answered);
            exchange.Exchange.Error.ShouldBe(isLetIn ? null : ProxyErrors.AuthRequired);
        }
    }

    [Theory]
    [InlineData]
    [InlineData("Authorization: Bearer YmVhOng=")]
    [InlineData("Authorization: Basic !!!")]
    [InlineData("Authorization: Basic")]
    [InlineData("Authorization: Basic bm9jb2xvbg==")]
    [InlineData("Authorization: Basic Om5vbmFtZQ==")]
    [InlineData("Authorization: Basic YmVhOng=", "Authorization: Basic YmVhOng=")]
    public void What_is_no_name_and_password_is_asked_for_them(params string[] fields)
    {
        using AuthBasicModule module = Make();
        TestExchange exchange = new("GET /", fields);
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.ErrorFields.ToString().ShouldBe("WWW-Authenticate: Basic realm=\"Restricted\", charset=\"UTF-8\"\r\n");
    }

    [Fact]
    public void A_name_and_password_beyond_any_measure_are_not_read()
    {
        using AuthBasicModule module = Make();
        With("bea", new string('x', 2000)).RunRequest(module).ShouldBe(Verdict.Answered);
    }

    [Fact]
    public void The_origin_is_told_who_it_is_and_never_what_a_client_claims()
    {
        using AuthBasicModule module = Make(new AuthBasicOptions { UsersFile = "users", UserHeader = "X-Auth-User", Hide = true });
        TestExchange exchange = With("bea", Right, "X-Auth-User: root", "x_auth_user: root", "X-AUTH_USER: root");
        OneThread.Run(() => module.OnRequestAsync(exchange.Exchange));
        exchange.RequestFields.ShouldBe("X-Auth-User: bea\r\n");

        TestExchange refused = new("GET /", "X-Auth-User: root");
        refused.RunRequest(module).ShouldBe(Verdict.Answered);
        refused.RequestFields.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_hashed_is_remembered_until_its_time_or_the_file_is_over()
    {
        using AuthBasicModule module = Make();
        OneThread.Run(() => module.OnRequestAsync(With("bea", Right).Exchange));
        With("bea", Right).RunRequest(module).ShouldBe(Verdict.Continue);
        Allocated(module).ShouldBe(0);

        // The password is another one now: what was remembered is of no use any more.
        await File.WriteAllTextAsync(Path.Combine(_folder, "users"), Mia + "\n");
        module.Users.Poll();
        module.Users.Poll();
        OneThread.Run(() => module.OnRequestAsync(With("bea", Right).Exchange)).ShouldBe(Verdict.Answered);

        await File.WriteAllTextAsync(Path.Combine(_folder, "users"), "broken\n");
        module.Users.Poll();
        module.Users.Poll();
        _builder.Heard.Warnings.ShouldHaveSingleItem().ShouldContain("Line 1");
        OneThread.Run(() => module.OnRequestAsync(With("mia", Right).Exchange)).ShouldBe(Verdict.Continue);
    }

    [Fact]
    public void What_is_remembered_ends_after_its_time()
    {
        RememberedLogins logins = new(1000);
        UserTable users = UserTable.Parse(Encoding.UTF8.GetBytes(Bea), []);
        CredentialDigest login = logins.DigestOf("bea:x"u8);
        logins.Add(login, users, 500, users.Find("bea"));
        logins.TryFind(login, users, 1499, out UserTable.User? user).ShouldBeTrue();
        user.ShouldNotBeNull();
        logins.TryFind(login, users, 1500, out _).ShouldBeFalse();
        new RememberedLogins(1000).DigestOf("bea:x"u8).ShouldNotBe(login, "Each has a key of its own.");
    }

    [Fact]
    public async Task Who_comes_beyond_the_queue_is_turned_away_and_one_client_cannot_fill_it()
    {
        using PasswordQueue queue = new(1);
        IpAddress one = TestExchange.Address("2001:db8::1");
        IpAddress same = TestExchange.Address("2001:db8::2");
        IpAddress other = TestExchange.Address("2001:db9::1");
        string hash = Bea.Split(':')[1].Replace("$04$", "$09$", StringComparison.Ordinal);
        List<Task<bool>> checks = [];
        for (int i = 0; i < 8; i++)
        {
            queue.TryCheck(i % 2 == 0 ? one : same, "x"u8.ToArray(), hash, 10, out Task<bool> check).ShouldBeTrue();
            checks.Add(check);
        }

        byte[] password = "secret"u8.ToArray();
        queue.TryCheck(one, password, hash, 10, out _).ShouldBeFalse();
        password.ShouldAllBe(octet => octet == 0, "It is wiped.");
        queue.TryCheck(other, "x"u8.ToArray(), hash, 8, out _).ShouldBeFalse();
        queue.TryCheck(other, "x"u8.ToArray(), hash, 10, out Task<bool> last).ShouldBeTrue();
        (await Task.WhenAll([.. checks, last])).ShouldAllBe(isRight => !isRight);
        queue.TryCheck(one, "x"u8.ToArray(), hash, 1, out _).ShouldBeTrue();
    }

    [Fact]
    public void A_name_that_nobody_has_is_hashed_with_the_dearest_hash_of_the_file()
    {
        UserTable users = UserTable.Parse(Encoding.UTF8.GetBytes($"{Mia}\n{Bea}\n"), []);
        users.Dummy.ShouldBe(Bea.Split(':')[1]);
    }

    [Fact]
    public void A_trace_names_the_user_and_never_the_password()
    {
        using AuthBasicModule module = Make();
        TestExchange exchange = With("bea", Right);
        exchange.Exchange.Trace = new Trace();
        exchange.Exchange.IsHypothetical = true;
        OneThread.Run(() => module.OnRequestAsync(exchange.Exchange));
        TestExchange wrong = With("bea", "planted-secret");
        wrong.Exchange.Trace = new Trace();
        OneThread.Run(() => module.OnRequestAsync(wrong.Exchange));
        string said = string.Join("\n", exchange.Exchange.Trace.Steps.Concat(wrong.Exchange.Trace.Steps).Select(step => step.ToString())) + wrong.Exchange.ErrorDetail;
        said.ShouldContain("let in bea");
        said.ShouldContain("wrong");
        said.ShouldNotContain("planted");
        said.ShouldNotContain(Right);
    }

    private AuthBasicModule Make(AuthBasicOptions? options = null) =>
        (AuthBasicModule)_builder.Make(new AuthBasicFactory(), options ?? new AuthBasicOptions { UsersFile = "users" });

    private static TestExchange With(string name, string password, params string[] more) =>
        new("GET /", ["Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")), .. more]);

    private static long Allocated(AuthBasicModule module)
    {
        TestExchange exchange = With("bea", Right);
        return Allocation.Of(() => module.OnRequestAsync(exchange.Exchange).IsCompletedSuccessfully.ShouldBeTrue());
    }
}
