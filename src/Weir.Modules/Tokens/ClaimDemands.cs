using System.Text.Json;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Tokens;

/// <summary>What is asked of the claims of a token that is good, and which of them are told to whom. Pure; any thread.</summary>
internal sealed class ClaimDemands
{
    private readonly string[] _told;
    private readonly KeyValuePair<string, IReadOnlyList<string>>[] _required;

    /// <param name="told">Fields of the request, and the claim that each is told.</param>
    /// <param name="required">Claims, and the values of which one is required.</param>
    public ClaimDemands(IReadOnlyDictionary<string, string> told, IReadOnlyDictionary<string, IReadOnlyList<string>> required)
    {
        _told = [.. told.Values];
        _required = [.. required];
    }

    /// <summary>The claims that are looked at.</summary>
    public IEnumerable<string> Names => _told.Concat(_required.Select(required => required.Key)).Distinct(StringComparer.Ordinal);

    /// <summary>Judges the claims of a token that is good.</summary>
    public TokenOutcome Judge(JsonElement claims, long untilUnixMs)
    {
        foreach ((string name, IReadOnlyList<string> wanted) in _required)
        {
            if (!ClaimValues.Of(claims, name).Any(wanted.Contains))
            {
                return TokenOutcome.Not(TokenKind.Insufficient, $"its claim {name} has none of the values that are required");
            }
        }

        return new TokenOutcome(TokenKind.Good, "", [.. _told.Select(name => ClaimValues.TextOf(claims, name))], untilUnixMs)
        {
            Handed = new ExchangeClaims([.. ClaimNames.All.Select(name => ClaimValues.TextOf(claims, name))]),
        };
    }

    /// <summary>Reports requirements that nobody can meet.</summary>
    public static void Check(CheckedBuilder check, IReadOnlyDictionary<string, IReadOnlyList<string>> required)
    {
        foreach ((string claim, IReadOnlyList<string> values) in required)
        {
            if (values.Count == 0)
            {
                check.Error($"require.{claim}", $"No value of {claim} is enough, so nobody would be let in.", "List the values of which one is required.");
            }
        }
    }
}
