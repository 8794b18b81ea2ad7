// Hot: runs for each request that passes the stack.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Modules.Limiting;
using Weir.Modules.Remembering;
using Weir.Modules.Tokens;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// Lets in who is logged in at a provider (OpenID Connect Core 1.0, the authorization code flow with PKCE). 1 what the client claims to be
/// is taken away 2 a session is read from its cookie 3 the paths of its own are answered: where the provider sends people back to, and
/// where sessions end
/// 4 who has no session is sent to the provider, or gets 401 where no page is asked for 5 a session that is due is renewed there 6 its
/// claims are told to the origin, which never sees the cookie. Nothing is kept here for a login or a session: browsers hold them,
/// encrypted.
/// </summary>
internal sealed partial class AuthOidcModule : IRequestModule, IResponseModule, IDisposable
{
    private const string Name = "auth_oidc";

    // Says on the way up that the answer is for one user.
    private static readonly object _isPrivate = new();

    private static readonly byte[] _challenge = "Cookie realm=\"login\""u8.ToArray();

    private readonly AuthOidcOptions _options;
    private readonly Provider _provider;
    private readonly SealKeys _keys;
    private readonly CookieSealer _sealer;
    private readonly SessionCookies _cookies;
    private readonly BegunLogins _logins;
    private readonly LoginCounters _counters;
    private readonly IdTokenRules _rules;
    private readonly ClaimDemands _demands;
    private readonly OwnField[] _fields;
    private readonly Remembered<Session> _remembered = new();
    private readonly Renewals _renewals = new();
    private readonly OidcRealm _realm;
    private readonly byte[] _callbackPath;
    private readonly byte[] _logoutPath;
    private readonly long _sessionS;
    private readonly long _idleS;
    private readonly int _slot;
    private readonly ModuleLog _log;

    /// <param name="options">The options, checked.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="keys">What cookies are encrypted by.</param>
    /// <param name="algorithms">The algorithms that ID tokens may be signed by.</param>
    /// <param name="fields">Tell the origin the claims that are told, in their order.</param>
    /// <param name="builder">Where a slot is had, and operators read.</param>
    public AuthOidcModule(
        AuthOidcOptions options, Provider provider, SealKeys keys, SignatureAlgorithm[] algorithms, OwnField[] fields, ModuleBuilder builder)
    {
        _options = options;
        _provider = provider;
        _keys = keys;
        _sealer = new CookieSealer(keys, $"{options.Issuer}\n{options.ClientId}\n{options.Cookie}");
        _cookies = new SessionCookies(options.Cookie);
        _logins = new BegunLogins(_cookies, _sealer);
        _counters = new LoginCounters(builder);
        _rules = new IdTokenRules(options, algorithms);
        _demands = new ClaimDemands(options.Claims, options.Require);
        _realm = builder.Share($"auth_oidc {options.Issuer} {options.ClientId} {options.Cookie}", static () => new OidcRealm());
        _realm.Name(_demands.Names);
        _fields = fields;
        _callbackPath = System.Text.Encoding.ASCII.GetBytes(options.CallbackPath);
        _logoutPath = System.Text.Encoding.ASCII.GetBytes(options.LogoutPath);
        _sessionS = (long)options.Session.TotalSeconds;
        _idleS = (long)Math.Min(options.Idle.TotalSeconds, options.Session.TotalSeconds);
        _slot = builder.ReserveSlot();
        _log = builder.Log;
        _crowd = new RefusalTally(
            builder.Log, "", " logins were turned away: more than their share wait for the provider, or too many of their client failed");
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        HeaderFields fields = exchange.Request.Fields;
        foreach (OwnField own in _fields)
        {
            own.Strip(exchange);
        }

        long now = exchange.Loop.UnixMs / 1000;
        Session? session = Recall(fields, exchange.Loop.UnixMs, out CredentialDigest cookie);
        ReadOnlySpan<byte> path = exchange.Request.Path;
        if (path.SequenceEqual(_callbackPath))
        {
            return Callback(exchange, session);
        }

        if (path.SequenceEqual(_logoutPath))
        {
            return Logout(exchange, session);
        }

        if (session is null)
        {
            return Ask(exchange, "there is no session, or it has ended");
        }

        if (session.DueAt > 0 && now >= session.DueAt && !exchange.IsHypothetical)
        {
            return RenewAsync(exchange, session, cookie);
        }

        if (now - session.SeenAt > _idleS / 4 && !exchange.IsHypothetical)
        {
            Replace(exchange, session with { SeenAt = now });
        }

        return new(Admit(exchange, session));
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        object? left = exchange.Slot(_slot);
        if (left is null)
        {
            return default;
        }

        // Who protects a site by a login has an origin that knows nothing of users: its `public` is said of a site without them.
        HeaderFields fields = exchange.Response.Fields;
        PrivateAnswer.Mark(fields, evenIfShared: true);
        if (left is List<byte[]> cookies)
        {
            foreach (byte[] cookie in cookies)
            {
                fields.Add(KnownField.SetCookie, cookie);
            }
        }

        return default;
    }

    /// <summary>Stops asking the provider; exchanges that began before come to an end without it.</summary>
    public void Dispose()
    {
        _provider.Dispose();
        _keys.Dispose();
    }

    /// <summary>The session of a request's cookie; null: there is none that is good.</summary>
    private Session? Recall(HeaderFields fields, long unixMs, out CredentialDigest cookie)
    {
        cookie = default;
        ReadOnlySpan<byte> value = _cookies.FindSession(fields);
        if (value.IsEmpty)
        {
            return null;
        }

        cookie = _remembered.DigestOf(value);
        Session? session = _remembered.Find(cookie, unixMs);
        if (session is null || session.Outcome.Handed is { AreStale: true } || !_sealer.HasKey(session.KeyId, unixMs))
        {
            session = _sealer.OpenSession(value, unixMs, out uint keyId) is { } text ? Session.Read(text, keyId, _realm, _demands) : null;
            if (session is null)
            {
                _remembered.Remove(cookie);
                return null;
            }

            _remembered.Add(cookie, session, EndOf(session) * 1000, unixMs);
        }

        return unixMs / 1000 < EndOf(session) && !_realm.HasEnded(session) ? session : null;
    }

    private long EndOf(Session session) => Math.Min(session.StartedAt + _sessionS, session.SeenAt + _idleS);

    private Verdict Admit(Exchange exchange, Session session)
    {
        HeaderFields fields = exchange.Request.Fields;
        TokenOutcome outcome = session.Outcome;
        if (outcome.Kind != TokenKind.Good)
        {
            return AuthRefusal.Forbidden(exchange, Name, outcome.Reason);
        }

        _cookies.Strip(fields);
        for (int i = 0; i < _fields.Length; i++)
        {
            if (outcome.Claims[i] is { } value)
            {
                _fields[i].Set(fields, value);
            }
        }

        exchange.Claims = outcome.Handed;
        exchange.Slot(_slot) ??= _isPrivate;
        exchange.Trace?.Add(Name, "let in: the session is good");
        return Verdict.Continue;
    }

    // 1 asked for once, whoever asks  2 a new cookie  3 over  4 not to be had now: what there is counts until its end.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> RenewAsync(Exchange exchange, Session session, CredentialDigest cookie)
    {
        long nowMs = exchange.Loop.NowMs;
        long unixMs = exchange.Loop.UnixMs;
        Renewal renewal = await _renewals.Join(cookie, nowMs, () => Task.Run(() => AskForRenewalAsync(session, nowMs, unixMs)));
        if (renewal.Session is { } renewed)
        {
            Replace(exchange, renewed);
            return Admit(exchange, renewed);
        }

        if (renewal.IsOver)
        {
            return await Ask(exchange, renewal.Reason);
        }

        return exchange.Loop.UnixMs / 1000 < session.TokensEndAt
            ? Admit(exchange, session)
            : AuthRefusal.Unavailable(exchange, Name, renewal.Reason);
    }

    private async Task<Renewal> AskForRenewalAsync(Session session, long nowMs, long unixMs)
    {
        if (await SetupAsync(nowMs) is not { } setup)
        {
            return new Renewal(null, "what the provider says of itself is not to be had", IsOver: false);
        }

        TokenAnswer answer = await _provider.RenewAsync(
            setup, new() { ["grant_type"] = "refresh_token", ["refresh_token"] = session.RefreshToken! });
        if (answer.Reason.Length > 0)
        {
            return new Renewal(null, answer.Reason, answer.IsRefused);
        }

        long now = unixMs / 1000;
        Session renewed = session with { SeenAt = now };
        if (answer.IdToken is not null)
        {
            // OpenID Connect Core 1.0 section 12.2: of the same issuer, about the same person, for us.
            ExpectedToken expected = new(null, session.Subject, answer.AccessToken);
            (TokenOutcome? refusal, VerifiedToken? verified) = await ReadTokenAsync(setup, answer, expected, nowMs, unixMs);
            if (refusal is not null)
            {
                return new Renewal(null, $"the new ID token is not good: {refusal.Reason}", refusal.Kind != TokenKind.UnknownKey);
            }

            using (verified)
            {
                renewed = Session.Begin(verified!.Claims, _realm, _demands, session.Id, now) with { StartedAt = session.StartedAt };
            }
        }

        return new Renewal(WithTokens(renewed, answer, session.RefreshToken, now), "", IsOver: false);
    }

    private static Session WithTokens(Session session, TokenAnswer answer, string? earlier, long now)
    {
        string? refresh = answer.RefreshToken ?? earlier;
        if (refresh is null || answer.ExpiresInSeconds == 0)
        {
            return session with { RefreshToken = null, DueAt = 0, TokensEndAt = 0 };
        }

        long life = answer.ExpiresInSeconds;
        return session with { RefreshToken = refresh, DueAt = now + Math.Max(life - 60, life * 3 / 4), TokensEndAt = now + life };
    }

    // The response carries the session's new cookie.
    private void Replace(Exchange exchange, Session session)
    {
        if (CookiesOf(exchange, session) is { } cookies)
        {
            exchange.Slot(_slot) = cookies;
        }
    }

    private List<byte[]>? CookiesOf(Exchange exchange, Session session)
    {
        long unixMs = exchange.Loop.UnixMs;
        TimeSpan life = TimeSpan.FromSeconds(Math.Max(1, EndOf(session) - (unixMs / 1000)));
        List<byte[]>? cookies = _cookies.SetSession(exchange.Request.Fields, _sealer.SealSession(session.Write(), unixMs), life);
        if (cookies is null && session.RefreshToken is not null)
        {
            _log.Warn("A refresh token is too long for a session's cookie: such sessions last `idle` and `session`, and are not renewed at the provider.");
            session = session with { RefreshToken = null, DueAt = 0, TokensEndAt = 0 };
            cookies = _cookies.SetSession(exchange.Request.Fields, _sealer.SealSession(session.Write(), unixMs), life);
        }

        if (cookies is null)
        {
            _log.Warn("The claims of somebody are too long for a session's cookie: name fewer of them in `claims` and `require`, or have the provider send fewer.");
        }

        return cookies;
    }
}
