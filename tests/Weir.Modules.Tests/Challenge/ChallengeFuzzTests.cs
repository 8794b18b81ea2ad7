using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Modules;
using Weir.Modules.Challenge;
using Weir.Modules.Tests.AuthJwt;
using Weir.Modules.Tests.Testing;
using Weir.Testing;

namespace Weir.Modules.Tests.Challenge;

/// <summary>
/// Whatever a client sends in place of a pass, a solution or a signature: nothing made up passes, and nothing breaks. The corpus is what
/// honest clients send, cut, doubled and with octets changed.
/// </summary>
public sealed class ChallengeFuzzTests : IDisposable
{
    private readonly ITestOutputHelper _output;
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-challenge-").FullName;
    private readonly TokenMaker _maker = new();
    private readonly TestBuilder _builder;

    public ChallengeFuzzTests(ITestOutputHelper output)
    {
        _output = output;
        _builder = new TestBuilder(folder: _folder);
        File.WriteAllText(Path.Combine(_folder, "keys.json"), _maker.KeySet());
    }

    public void Dispose()
    {
        _maker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void No_cookie_that_was_made_up_is_a_pass()
    {
        Visitor honest = new(Make());
        honest.Pass(4).ShouldBeTrue();
        (string name, string good) = honest.Cookies.Single(cookie => cookie.Key.Contains("pass", StringComparison.Ordinal));
        Visitor stranger = new(Make());
        FuzzRun.Run(
            _output,
            random => random.Next(3) == 0
                ? Pieces(random, 12, name, "=", good, "; ", ";", ",", "\"", good[..20], good[20..], "weir-wait", "__Host-", "AAAA", "==")
                : $"{name}={Changed(random, good)}",
            input => stranger.Open("GET /a", "Cookie: " + input) && !HasPair(input, $"{name}={good}") ? "It passed." : Fault(stranger));
    }

    [Fact]
    public void No_solution_that_was_made_up_is_taken()
    {
        Visitor visitor = new(Make());
        string puzzle = visitor.Ask(4).Split(';')[0];
        FuzzRun.Run(
            _output,
            random => random.Next(3) == 0
                ? Pieces(random, 8, puzzle, ":", ";", "0", "4", "12345", "99999999999999", "-1", " ", "17", "+", puzzle[..39])
                : $"{Changed(random, puzzle)}:{random.Next(1000)}",
            input => !input.StartsWith(puzzle + ":", StringComparison.Ordinal) && visitor.Show(input) && visitor.Cookies.Count > 0
                ? "It was taken."
                : Fault(visitor));
    }

    [Fact]
    public void No_signature_that_was_made_up_is_a_bots()
    {
        const string Input =
            "sig1=(\"@authority\" \"@path\");created=1700000000;keyid=\"e1\";alg=\"ecdsa-p256-sha256\";tag=\"web-bot-auth\"";
        string signature = $"sig1=:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(64))}:";
        Visitor visitor = new(Make(new SignedBotOptions { Name = "bot", KeysFile = "keys.json" }));
        FuzzRun.Run(
            _output,
            random => Signature(random, Input) + "\n" + Signature(random, signature),
            input =>
            {
                string[] fields = input.Split('\n', 2);

                // Whose signatures fail again and again is not heard any more: each is another's.
                visitor.Address = $"192.0.{Random.Shared.Next(256)}.{Random.Shared.Next(256)}";
                return visitor.Open("GET /a", "Signature-Input: " + fields[0], "Signature: " + fields[1]) ? "It passed." : Fault(visitor);
            });
    }

    private static string Signature(Random random, string honest) => random.Next(4) switch
    {
        0 => Pieces(
            random, 24, "sig1=", "(", ")", "\"@authority\"", "\"@query\"", ";", ":", "=", ",", " ", "created=", "1700000000",
            "keyid=\"e1\"", ":AAAA:", "?1", "\"", "\\", "tag=\"web-bot-auth\"", "999999999999999", "-", "%\"%c3%a4\"", "@1", "key=\"a\""),
        1 => honest + ", " + honest.Replace("sig1", "sig" + random.Next(4), StringComparison.Ordinal),
        2 => honest,
        _ => Changed(random, honest),
    };

    private static string Changed(Random random, string text)
    {
        StringBuilder changed = new(text);
        for (int left = random.Next(1, 4); left > 0 && changed.Length > 0; left--)
        {
            int at = random.Next(changed.Length);
            switch (random.Next(4))
            {
                case 0:
                    changed[at] = Letter(random);
                    break;
                case 1:
                    changed.Remove(at, 1);
                    break;
                case 2:
                    changed.Insert(at, Letter(random));
                    break;
                default:
                    changed.Length = at;
                    break;
            }
        }

        return changed.ToString();
    }

    private static bool HasPair(string cookies, string pair) =>
        cookies.Split(';', StringSplitOptions.TrimEntries).Contains(pair, StringComparer.Ordinal);

    // What no head can hold never gets to a module.
    private static string Pieces(Random random, int most, params ReadOnlySpan<string> pieces) =>
        string.Concat(FuzzRun.Pieces(random, most, pieces).Select(letter => letter is < ' ' or '\x7F' ? '~' : letter));

    private static char Letter(Random random) => (char)(random.Next(8) == 0 ? random.Next(0x80, 0x100) : random.Next(0x20, 0x7F));

    private static string? Fault(Visitor visitor) =>
        visitor.Exchange.Exchange.Error is { } error && error != ProxyErrors.Challenged ? $"It broke: {error.Name}" : null;

    private IModule Make(params SignedBotOptions[] bots) =>
        _builder.Make(new ChallengeFactory(), new ChallengeOptions { Always = true, Difficulty = 4, SignedBots = bots });
}
