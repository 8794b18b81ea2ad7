using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Tracing;
using Weir.Modules.AuthKey;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.AuthKey;

public sealed class AuthKeyTests : IDisposable
{
    private const string Key = "k-3f9a%20b";

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-keys-").FullName;
    private readonly TestBuilder _builder;

    public AuthKeyTests()
    {
        _builder = new TestBuilder(folder: _folder);
        Write(("partner", Key), ("own app", "other"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true, "X-Api-Key: k-3f9a%20b")]
    [InlineData(true, "x-api-key: k-3f9a%20b")]
    [InlineData(false, "X-Api-Key: k-3f9a%20B")]
    [InlineData(false, "X-Api-Key: ")]
    [InlineData(false, "X-Api-Key: k-3f9a%20b", "X-Api-Key: k-3f9a%20b")]
    [InlineData(false, "Authorization: Bearer k-3f9a%20b")]
    [InlineData(false)]
    public void A_known_key_is_let_in(bool isLetIn, params string[] fields)
    {
        using AuthKeyModule module = Make(new AuthKeyOptions { KeysFile = "keys" });
        TestExchange exchange = new("GET /", fields);
        exchange.RunRequest(module).ShouldBe(isLetIn ? Verdict.Continue : Verdict.Answered);
        exchange.Exchange.Error.ShouldBe(isLetIn ? null : ProxyErrors.AuthRequired);
    }

    [Theory]
    [InlineData("Bearer other", true)]
    [InlineData("bearer other", true)]
    [InlineData("Basic other", false)]
    [InlineData("other", false)]
    public void In_Authorization_a_key_stands_behind_Bearer(string value, bool isLetIn)
    {
        using AuthKeyModule module = Make(new AuthKeyOptions { KeysFile = "keys", Header = "Authorization", Hide = false });
        TestExchange exchange = new("GET /", "Authorization: " + value);
        exchange.RunRequest(module).ShouldBe(isLetIn ? Verdict.Continue : Verdict.Answered);
        exchange.RequestFields.ShouldContain(value);
    }

    [Theory]
    [InlineData("/?key=k-3f9a%2520b", true, "/")]
    [InlineData("/a?x=1&key=k-3f9a%2520b&y=2", true, "/a?x=1&y=2")]
    [InlineData("/a?key=k-3f9a%2520b&y=2", true, "/a?y=2")]
    [InlineData("/a?x=1&key=wrong", false, "/a?x=1")]
    [InlineData("/a?key=other&key=other", false, "/a")]
    [InlineData("/a?key", false, "/a")]
    [InlineData("/a?key=%zz", false, "/a")]
    [InlineData("/a?keys=other&a=key=other", false, "/a?keys=other&a=key=other")]
    public void A_key_in_the_query_is_taken_out_of_the_request_and_of_what_is_logged(string target, bool isLetIn, string left)
    {
        using AuthKeyModule module = Make(new AuthKeyOptions { KeysFile = "keys", Query = "key" });
        TestExchange exchange = new("GET " + target);
        exchange.RunRequest(module).ShouldBe(isLetIn ? Verdict.Continue : Verdict.Answered);
        exchange.Target.ShouldBe(left);
        Encoding.ASCII.GetString(exchange.Request.Target).ShouldBe(left);
    }

    [Fact]
    public void The_origin_is_told_whose_key_it_is_and_never_the_key_or_what_a_client_claims()
    {
        using AuthKeyModule module = Make(new AuthKeyOptions { KeysFile = "keys", LabelHeader = "X-Api-Client" });
        TestExchange exchange = new("GET /", "X-Api-Key: other", "X-Api-Client: root", "X_Api_Client: root");
        exchange.Exchange.Trace = new Trace();
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.RequestFields.ShouldBe("X-Api-Client: own app\r\n");
        exchange.Exchange.Trace.Steps.Single().ToString()!.ShouldNotContain("other");
    }

    [Fact]
    public void A_changed_file_is_in_force_and_a_broken_one_is_not()
    {
        using AuthKeyModule module = Make(new AuthKeyOptions { KeysFile = "keys" });
        new TestExchange("GET /", "X-Api-Key: other").RunRequest(module).ShouldBe(Verdict.Continue, "It is remembered from now on.");
        Write(("partner", "new"));
        module.Keys.Poll();
        new TestExchange("GET /", "X-Api-Key: new").RunRequest(module).ShouldBe(Verdict.Answered, "It may still be written.");
        module.Keys.Poll();
        new TestExchange("GET /", "X-Api-Key: new").RunRequest(module).ShouldBe(Verdict.Continue);
        new TestExchange("GET /", "X-Api-Key: other").RunRequest(module).ShouldBe(Verdict.Answered);
        File.WriteAllText(Path.Combine(_folder, "keys"), "");
        module.Keys.Poll();
        module.Keys.Poll();
        new TestExchange("GET /", "X-Api-Key: new").RunRequest(module).ShouldBe(Verdict.Continue);
        _builder.Heard.Warnings.ShouldHaveSingleItem().ShouldContain("No key is listed");
    }

    [Fact]
    public void Letting_in_allocates_nothing()
    {
        using AuthKeyModule module = Make(new AuthKeyOptions { KeysFile = "keys", Hide = false });
        TestExchange exchange = new("GET /", "X-Api-Key: other");
        Allocation.Of(() => module.OnRequestAsync(exchange.Exchange).IsCompletedSuccessfully.ShouldBeTrue()).ShouldBe(0);
    }

    private void Write(params (string Label, string Key)[] keys) => File.WriteAllLines(
        Path.Combine(_folder, "keys"),
        keys.Select(pair => $"{pair.Label}:{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(pair.Key)))}").Prepend("# keys"));

    private AuthKeyModule Make(AuthKeyOptions options) => (AuthKeyModule)_builder.Make(new AuthKeyFactory(), options);
}
