using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Http.Fields;
using Weir.Modules.Challenge;
using Weir.Modules.Tests.AuthJwt;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Challenge;

/// <summary>Keys of bots from a server, by the client that Weir asks with.</summary>
public sealed class BotDirectoryTests : IDisposable
{
    private const string Signed = "\"@authority\" \"@path\"";

    private readonly TokenMaker _maker = new();
    private readonly TestBuilder _builder = new();
    private readonly FakeLoop _loop = new();

    public void Dispose() => _maker.Dispose();

    [Fact]
    public async Task Keys_are_asked_for_once_and_again_when_a_signature_names_another()
    {
        await using KeyDirectory directory = new() { Answer = KeyDirectory.Ok(_maker.KeySet()) };
        IModule module = Make(directory.Url);
        Passes(module, "e1").ShouldBeTrue();
        Passes(module, "e1").ShouldBeTrue();
        directory.Asked.ShouldBe(1);

        // Bots name their keys by what RFC 7638 makes of them.
        ECParameters point = _maker.Curve.ExportParameters(false);
        string canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{TokenMaker.Text(point.Q.X!)}}","y":"{{TokenMaker.Text(point.Q.Y!)}}"}""";
        Passes(module, TokenMaker.Text(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)))).ShouldBeTrue();

        directory.Answer = KeyDirectory.Ok(_maker.KeySet("e2"));
        Passes(module, "e2").ShouldBeFalse("Who makes names up does not make us ask.");
        directory.Asked.ShouldBe(1);
        _loop.Pass(TimeSpan.FromSeconds(10));
        Passes(module, "e2").ShouldBeTrue();
        Passes(module, "e1").ShouldBeFalse("The key was taken back.");
        directory.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task Keys_are_asked_for_anew_by_time_and_nobody_waits_for_that()
    {
        await using KeyDirectory directory = new() { Answer = KeyDirectory.Ok(_maker.KeySet()) };
        IModule module = Make(directory.Url);
        Passes(module, "e1").ShouldBeTrue();
        directory.Answer = KeyDirectory.Ok(_maker.KeySet("e2"));
        _loop.Pass(TimeSpan.FromHours(1));
        IsPassing(Ask(module, "e1")).ShouldBeTrue("What was there is used while it is asked for.");
        SpinWait.SpinUntil(() => directory.Asked == 2 && IsPassing(Ask(module, "e2")), TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"keys\":")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"keys\":[]}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{\"keys\":[{\"kty\":\"\\ud800\"}]} ")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n{\"keys\":[],\"keys\":[]}")]
    [InlineData("")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: SELF?good\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HUGE")]
    public async Task What_is_no_set_of_keys_changes_nothing_for_a_day_and_lets_nobody_in_before(string bad)
    {
        await using KeyDirectory directory = new();
        string octets = bad == "HUGE"
            ? $"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{{\"keys\":[{new string(' ', 2 << 20)}]}}"
            : bad.Replace("SELF", directory.Url, StringComparison.Ordinal);
        directory.Answer = octets;
        IModule module = Make(directory.Url);
        Passes(module, "e1").ShouldBeFalse();

        // The platform asks again where a connection closes without an answer.
        directory.Asked.ShouldBeGreaterThan(0);
        _builder.Heard.Warnings.ShouldHaveSingleItem().ShouldContain("The bot is not known until it can.");

        directory.Answer = KeyDirectory.Ok(_maker.KeySet());
        _loop.Pass(TimeSpan.FromSeconds(10));
        Passes(module, "e1").ShouldBeTrue();
        int before = directory.Asked;
        directory.Answer = octets;
        _loop.Pass(TimeSpan.FromSeconds(10));
        Passes(module, "unknown").ShouldBeFalse();
        directory.Asked.ShouldBeGreaterThan(before);
        _builder.Heard.Warnings.Count.ShouldBe(2);
        _builder.Heard.Warnings[1].ShouldContain("What it gave before stays in force for a day.");
        Passes(module, "e1").ShouldBeTrue();
        _loop.Pass(TimeSpan.FromDays(1));
        Passes(module, "e1").ShouldBeFalse();
    }

    [Fact]
    public void Where_nobody_listens_the_bot_is_not_known()
    {
        // Nothing of this machine listens on port 1.
        IModule module = Make("http://127.0.0.1:1/");
        Passes(module, "e1").ShouldBeFalse();
        _builder.Heard.Warnings.ShouldHaveSingleItem().ShouldContain("The bot is not known until it can.");
    }

    private static bool IsPassing(ValueTask<Verdict> asked) => asked.IsCompletedSuccessfully && asked.Result == Verdict.Continue;

    private bool Passes(IModule module, string key) => OneThread.Run(() => Ask(module, key)) == Verdict.Continue;

    private ValueTask<Verdict> Ask(IModule module, string key)
    {
        string input = $"({Signed});created={_loop.UnixMs / 1000};keyid=\"{key}\";tag=\"web-bot-auth\"";
        StructuredMember member = StructuredFields.ParseDictionary(Encoding.ASCII.GetBytes("sig1=" + input))!.Find("sig1")!;
        byte[] octets = SignedMessage.Make(new TestExchange(_loop, "GET /a").Exchange, member)!;
        byte[] signature = _maker.Curve.SignData(octets, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        Exchange exchange = new TestExchange(
            _loop, "GET /a", "Signature-Input: sig1=" + input, $"Signature: sig1=:{Convert.ToBase64String(signature)}:").Exchange;
        exchange.SiteName = "shop";
        return ((IRequestModule)module).OnRequestAsync(exchange);
    }

    private IModule Make(string url) => _builder.Make(
        new ChallengeFactory(),
        new ChallengeOptions { Always = true, Difficulty = 4, SignedBots = [new SignedBotOptions { Name = "bot", KeysUrl = url }] });
}
