using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Weir.Abstractions.Modules;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Challenge;

/// <summary>A visitor with a browser: keeps cookies, and works on puzzles as the page's script does.</summary>
internal sealed partial class Visitor
{
    private readonly IModule _module;
    private readonly Dictionary<string, string> _cookies = [];

    public Visitor(IModule module, string address = "192.0.2.9")
    {
        _module = module;
        Address = address;
        Exchange.Exchange.SiteName = "shop";
    }

    public TestExchange Exchange { get; } = new();

    public string Address { get; set; }

    public IReadOnlyDictionary<string, string> Cookies => _cookies;

    /// <summary>What the last answer's Set-Cookie said of a cookie.</summary>
    public Dictionary<string, string> Attributes { get; } = [];

    /// <summary>Opens a page, and says whether it was let through.</summary>
    public bool Open(string line = "GET /a", params string[] fields) =>
        Send(line, ["Accept: text/html,*/*;q=0.8", .. fields]) == Verdict.Continue;

    public Verdict Send(string line, params string[] fields)
    {
        string[] cookie = _cookies.Count == 0
            ? []
            : ["Cookie: a=b; " + string.Join("; ", _cookies.Select(pair => $"{pair.Key}={pair.Value}")) + "; c=d"];
        Exchange.Exchange.Error = null;
        Exchange.Exchange.ProvenWork = default;
        Exchange.Exchange.ClientAddress = TestExchange.Address(Address);
        Exchange.Load(line, [.. fields, .. cookie]);
        Verdict verdict = Exchange.RunRequest(_module);
        if (verdict == Verdict.Answered && Exchange.Exchange.Error is null)
        {
            Keep();
        }

        return verdict;
    }

    /// <summary>Asks for a puzzle; "STAMP;BITS".</summary>
    public string Ask(int bits)
    {
        Send("GET /a", "Weir-Challenge: " + bits.ToString(CultureInfo.InvariantCulture)).ShouldBe(Verdict.Answered);
        Exchange.Exchange.Response.Status.ShouldBe(204);
        return Exchange.Exchange.Response.Fields.GetText("Weir-Challenge"u8)!;
    }

    /// <summary>Shows an answer, and says whether it was taken.</summary>
    public bool Show(string answer) =>
        Send("GET /a", "Weir-Challenge: " + answer) == Verdict.Answered && Exchange.Exchange.Error is null
            && Exchange.Exchange.Response.Status == 204;

    /// <summary>Solves a puzzle: the answer.</summary>
    public static string Solve(string puzzle)
    {
        string[] parts = puzzle.Split(';');
        int bits = int.Parse(parts[1], CultureInfo.InvariantCulture);
        for (long number = 0; ; number++)
        {
            string answer = string.Create(CultureInfo.InvariantCulture, $"{parts[0]}:{number}");
            byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes(answer));
            if ((uint)((hash[0] << 24) | (hash[1] << 16) | (hash[2] << 8) | hash[3]) >> (32 - bits) == 0)
            {
                return answer;
            }
        }
    }

    /// <summary>Does what the page's script does.</summary>
    public bool Pass(int bits) => Show(Solve(Ask(bits)));

    /// <summary>Puts a cookie among those it keeps.</summary>
    public void Plant(string name, string value) => _cookies[name] = value;

    private void Keep()
    {
        foreach (Match match in SetCookie().Matches(Exchange.ResponseFields))
        {
            string name = match.Groups[1].Value;
            Attributes[name] = match.Groups[3].Value;
            _cookies.Remove(name);
            if (!match.Groups[3].Value.Contains("Max-Age=0", StringComparison.Ordinal))
            {
                _cookies[name] = match.Groups[2].Value;
            }
        }
    }

    [GeneratedRegex("Set-Cookie: ([^=]+)=([^;]*)(;[^\r]*)")]
    private static partial Regex SetCookie();
}
