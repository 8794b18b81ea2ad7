using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Http.Fields;
using Weir.Modules.Limiting;
using Weir.Modules.Tokens;

namespace Weir.Modules.Challenge;

/// <summary>
/// Bots that sign their requests (RFC 9421). 1 both fields are read, strictly and within bounds  2 a signature with a bot's tag is held
/// against what that bot's must be like: its time, what it covers, its agent  3 the key is found, or asked for  4 it is verified, and
/// spent where it is good once. Only suspicious requests come here, and a client whose signatures fail again and again is not heard any
/// more.
/// </summary>
internal sealed class SignedBots : IBotCheck
{
    private const int MostFieldOctets = 4096;
    private const int MostSignatures = 3;
    private const int MostSignatureOctets = 1024;
    private const int MostIdLetters = 256;
    private const long NsPerMs = 1_000_000;

    private readonly SignedBot[] _bots;
    private readonly IEd25519? _edwards;
    private readonly RequestKey _client = new(RequestKeyKind.ClientAddress, [], 64);
    private readonly TokenBuckets _failures = new(10_000, 0.5, 30);

    /// <param name="bots">The bots.</param>
    /// <param name="edwards">Checks signatures of Ed25519; null: they cannot be.</param>
    public SignedBots(SignedBot[] bots, IEd25519? edwards)
    {
        _edwards = edwards;
        _bots = bots;
    }

    /// <inheritdoc/>
    public bool Claims(Exchange exchange) => exchange.Request.Fields.Find("Signature-Input"u8) >= 0;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<string?> CheckAsync(Exchange exchange)
    {
        if (Read(exchange, "Signature-Input"u8) is not { } inputs || Read(exchange, "Signature"u8) is not { } signatures)
        {
            exchange.Trace?.Add("challenge", "its signatures cannot be read");
            return null;
        }

        foreach ((string label, StructuredMember input) in inputs.Entries.Take(MostSignatures))
        {
            if (signatures.Find(label) is not { IsInnerList: false, Value: { Kind: StructuredKind.Bytes } signature }
                || signature.Octets.Length is 0 or > MostSignatureOctets)
            {
                continue;
            }

            foreach (SignedBot bot in _bots)
            {
                string? problem = await ProblemOfAsync(exchange, bot, input, signature);
                if (problem is null)
                {
                    return $"it is signed by {bot.Name}";
                }

                exchange.Trace?.Add("challenge", $"signature {label} is not one of {bot.Name}: {problem}");
            }
        }

        return null;
    }

    private static StructuredDictionary? Read(Exchange exchange, ReadOnlySpan<byte> name)
    {
        int octets = 0;
        for (int slot = exchange.Request.Fields.Find(name); slot >= 0; slot = exchange.Request.Fields.Find(name, slot + 1))
        {
            octets += exchange.Request.Fields.ValueAt(slot).Length + 2;
        }

        return octets is 0 or > MostFieldOctets ? null : StructuredFields.ParseDictionary(exchange.Request.Fields, name);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<string?> ProblemOfAsync(Exchange exchange, SignedBot bot, StructuredMember input, StructuredValue signature)
    {
        long now = exchange.Loop.UnixMs / 1000;
        if (ProblemOf(exchange, bot, input, now) is { } problem)
        {
            return problem;
        }

        string id = TextOf(input, "keyid")!;
        SignatureAlgorithm[] algorithms = bot.Algorithms;
        if (input.Parameters.TryGet("alg", out StructuredValue named))
        {
            string? name = named.Kind == StructuredKind.String ? named.Text : null;
            algorithms = Array.FindAll(algorithms, each => each.Name == name);
        }

        if (algorithms.Length == 0)
        {
            return "its algorithm is none that is expected";
        }

        if (KeysOf(exchange, bot, algorithms, id) is null && !exchange.IsHypothetical)
        {
            await bot.Keys.Renew(exchange.Loop.NowMs);
        }

        if (KeysOf(exchange, bot, algorithms, id) is not { } keys)
        {
            return "its key is not known";
        }

        // Signed over what is read now, behind the wait: what the request held before may have moved.
        if (SignedMessage.Make(exchange, input) is not { } message)
        {
            return "it covers what is not there, or not known";
        }

        ulong client = _client.Of(exchange);
        long nowNs = exchange.Loop.NowMs * NsPerMs;
        if (!_failures.Peek(client, nowNs).IsAllowed)
        {
            return "too many signatures of this client were wrong";
        }

        if (!IsGood(keys, algorithms, id, message, signature))
        {
            _failures.Spend(client, nowNs);
            return "it is wrong";
        }

        return bot.IsOnce && !exchange.IsHypothetical && !TrySpend(bot, id, input, now) ? "it was used before" : null;
    }

    private static KeySet? KeysOf(Exchange exchange, SignedBot bot, SignatureAlgorithm[] algorithms, string id) =>
        bot.Keys.Current(exchange.Loop.NowMs) is { } keys && Array.Exists(algorithms, algorithm => keys.For(algorithm, id).Any())
            ? keys
            : null;

    private bool IsGood(KeySet keys, SignatureAlgorithm[] algorithms, string id, byte[] message, StructuredValue signature)
    {
        foreach (SignatureAlgorithm algorithm in algorithms)
        {
            foreach (VerifyKey key in keys.For(algorithm, id))
            {
                if (key.Verifies(algorithm, message, signature.Octets, _edwards))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static string? ProblemOf(Exchange exchange, SignedBot bot, StructuredMember input, long now)
    {
        if (input.InnerList is not { } covered || TextOf(input, "tag") != bot.Tag)
        {
            return "it has another tag";
        }

        if (TextOf(input, "keyid") is not { Length: > 0 and <= MostIdLetters })
        {
            return "it names no key";
        }

        if (!input.Parameters.TryGet("created", out StructuredValue created) || created.Kind != StructuredKind.Integer
            || created.Number > now + bot.LeewaySeconds || now - created.Number > bot.MaxAgeSeconds + bot.LeewaySeconds)
        {
            return "it is too old, of the future, or does not say when it was made";
        }

        if (input.Parameters.TryGet("expires", out StructuredValue expires)
            && (expires.Kind != StructuredKind.Integer || expires.Number <= now - bot.LeewaySeconds || expires.Number <= created.Number))
        {
            return "it has ended";
        }

        if (bot.IsOnce && TextOf(input, "nonce") is not { Length: > 0 and <= MostIdLetters })
        {
            return "it has no nonce";
        }

        if (bot.Covers.FirstOrDefault(wanted => !covered.Any(component => IsWhole(component, wanted))) is { } missing)
        {
            return $"it does not cover {missing}";
        }

        return bot.Agent is { } agent && !SaysAgent(exchange, covered, agent) ? "it is not its agent's" : null;
    }

    private static bool IsWhole(StructuredMember component, string name) =>
        component is { IsInnerList: false, Value.Kind: StructuredKind.String, Parameters.Count: 0 } && component.Value.Text == name;

    // A text, as the field was first, or a member of a dictionary; what is signed of it must say the agent.
    private static bool SaysAgent(Exchange exchange, IReadOnlyList<StructuredMember> covered, string agent)
    {
        const string Field = "signature-agent";
        StructuredMember? component = covered.FirstOrDefault(
            each => each is { IsInnerList: false, Value.Kind: StructuredKind.String } && each.Value.Text == Field);
        if (component is null)
        {
            return false;
        }

        ReadOnlySpan<byte> name = "Signature-Agent"u8;
        int slot = exchange.Request.Fields.Find(name);
        StructuredMember? value = slot < 0 ? null
            : component.Parameters.TryGet("key", out StructuredValue key)
                ? StructuredFields.ParseDictionary(exchange.Request.Fields, name)?.Find(key.Text)
            : exchange.Request.Fields.Find(name, slot + 1) < 0 ? StructuredFields.ParseItem(exchange.Request.Fields.ValueAt(slot))
            : null;
        return value is { IsInnerList: false, Value.Kind: StructuredKind.String } && value.Value.Text == agent;
    }

    // Until it is too old: which its own time says, and no other that it may be shown at.
    private static bool TrySpend(SignedBot bot, string id, StructuredMember input, long now)
    {
        input.Parameters.TryGet("created", out StructuredValue created);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{id}\0{TextOf(input, "nonce")}"));
        return bot.Spent.TrySpend(
            BinaryPrimitives.ReadUInt64BigEndian(hash), now, created.Number + bot.MaxAgeSeconds + bot.LeewaySeconds + 1);
    }

    private static string? TextOf(StructuredMember input, string key) =>
        input.Parameters.TryGet(key, out StructuredValue value) && value.Kind == StructuredKind.String ? value.Text : null;
}
