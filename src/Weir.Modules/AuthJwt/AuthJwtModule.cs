// Hot: runs for each request that passes the stack.
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Modules.Remembering;
using Weir.Modules.Tokens;

namespace Weir.Modules.AuthJwt;

/// <summary>
/// Asks for a token (RFC 6750, RFC 7519). 1 what the client claims to be is taken away 2 the token is found 3 it is remembered, or 4 judged
/// by the issuer's keys, which are waited for where there are none 5 its claims are told to the origin.
/// </summary>
internal sealed class AuthJwtModule : IRequestModule, IResponseModule, IDisposable
{
    private const string Name = "auth_jwt";

    private static readonly byte[] _challenge = "Bearer"u8.ToArray();
    private static readonly byte[] _invalid = "Bearer error=\"invalid_token\""u8.ToArray();
    private static readonly byte[] _insufficient = "Bearer error=\"insufficient_scope\""u8.ToArray();

    private readonly KeySource _keys;
    private readonly TokenRules _rules;
    private readonly ClaimDemands _demands;
    private readonly OwnField[] _fields;
    private readonly RememberedTokens _remembered = new();

    /// <param name="keys">The issuer's keys.</param>
    /// <param name="rules">Judges tokens.</param>
    /// <param name="demands">Judges their claims.</param>
    /// <param name="fields">Tell the origin the claims that are told, in their order.</param>
    public AuthJwtModule(KeySource keys, TokenRules rules, ClaimDemands demands, OwnField[] fields)
    {
        _keys = keys;
        _rules = rules;
        _demands = demands;
        _fields = fields;
    }

    /// <summary>The cookie that holds the token where Authorization has none; null: none.</summary>
    public byte[]? Cookie { get; init; }

    /// <summary>Whether the token is taken out of the request: Authorization, and the cookie.</summary>
    public bool Hides { get; init; }

    /// <summary>The keys, for tests.</summary>
    internal KeySource Keys => _keys;

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        HeaderFields fields = exchange.Request.Fields;
        foreach (OwnField own in _fields)
        {
            own.Strip(exchange);
        }

        if (!TryFindToken(fields, out ReadOnlySpan<byte> token))
        {
            return new(AuthRefusal.Unknown(exchange, Name, "no token was sent, or more than one", _challenge));
        }

        if (token.Length > TokenRules.MostOctets)
        {
            return new(AuthRefusal.Unknown(exchange, Name, "the token is larger than any that is read", _invalid));
        }

        CredentialDigest digest = _remembered.DigestOf(token);
        if (_keys.Current(exchange.Loop.NowMs) is { } keys)
        {
            TokenOutcome outcome = _remembered.Find(digest, keys, exchange.Loop.UnixMs) ?? Judge(token, digest, keys, exchange.Loop.UnixMs);
            if (outcome.Kind != TokenKind.UnknownKey || exchange.IsHypothetical)
            {
                return new(Decide(exchange, outcome));
            }
        }
        else if (exchange.IsHypothetical)
        {
            return new(AuthRefusal.Unavailable(exchange, Name, "the issuer's keys are asked for when Weir serves"));
        }

        return JudgeLaterAsync(exchange, token.ToArray(), digest);
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        PrivateAnswer.Mark(exchange.Response.Fields);
        return default;
    }

    /// <summary>Stops looking for keys.</summary>
    public void Dispose() => _keys.Dispose();

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> JudgeLaterAsync(Exchange exchange, byte[] token, CredentialDigest digest)
    {
        await _keys.Renew(exchange.Loop.NowMs);
        return _keys.Current(exchange.Loop.NowMs) is { } keys
            ? Decide(exchange, Judge(token, digest, keys, exchange.Loop.UnixMs))
            : AuthRefusal.Unavailable(exchange, Name, "the issuer's keys are not to be had");
    }

    private TokenOutcome Judge(ReadOnlySpan<byte> token, CredentialDigest digest, KeySet keys, long nowUnixMs)
    {
        if (_rules.Read(token, keys, nowUnixMs, out VerifiedToken? verified) is { } refusal)
        {
            return refusal;
        }

        using (verified)
        {
            TokenOutcome outcome = _demands.Judge(verified!.Claims, verified.UntilUnixMs);
            if (outcome.Kind == TokenKind.Good)
            {
                _remembered.Add(digest, keys, outcome, nowUnixMs);
            }

            return outcome;
        }
    }

    private Verdict Decide(Exchange exchange, TokenOutcome outcome)
    {
        if (outcome.Kind == TokenKind.Insufficient)
        {
            exchange.ErrorFields.Set("WWW-Authenticate"u8, _insufficient);
            return AuthRefusal.Forbidden(exchange, Name, outcome.Reason);
        }

        if (outcome.Kind != TokenKind.Good)
        {
            return AuthRefusal.Unknown(exchange, Name, outcome.Reason, _invalid);
        }

        HeaderFields fields = exchange.Request.Fields;
        if (Hides)
        {
            fields.Remove(KnownField.Authorization);
            if (Cookie is not null)
            {
                CookieStrip.Remove(fields, Cookie);
            }
        }

        for (int i = 0; i < _fields.Length; i++)
        {
            if (outcome.Claims[i] is { } value)
            {
                _fields[i].Set(fields, value);
            }
        }

        exchange.Claims = outcome.Handed;
        exchange.Trace?.Add(Name, "let in: the token is good");
        return Verdict.Continue;
    }

    private bool TryFindToken(HeaderFields fields, out ReadOnlySpan<byte> token)
    {
        int slot = fields.Find(KnownField.Authorization);
        if (slot < 0)
        {
            token = Cookie is null ? default : CookieFields.Find(fields, Cookie);
            return !token.IsEmpty;
        }

        ReadOnlySpan<byte> value = fields.ValueAt(slot);
        bool isBearer = value.Length > 7 && Ascii.EqualsIgnoreCase(value[..7], "bearer "u8);
        token = isBearer ? value[7..].Trim((byte)' ') : default;
        return !token.IsEmpty && fields.Find(KnownField.Authorization, slot + 1) < 0;
    }
}
