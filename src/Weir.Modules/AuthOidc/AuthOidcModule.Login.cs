using System.Buffers.Text;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Modules.Limiting;
using Weir.Modules.Tokens;

namespace Weir.Modules.AuthOidc;

/// <summary>How logins begin, are completed, and end. None of it is hot.</summary>
internal sealed partial class AuthOidcModule
{
    private const int SecretOctets = 32;
    private const long LoginLifeMs = 10 * 60_000;
    private const int MostAtOnce = 64;
    private const int MostClients = 10_000;
    private const int MostFailures = 20;
    private const int RetrySeconds = 10;

    private static readonly PinnedBody _farewell = new(
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Logged out</title>
        <style>body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif; color-scheme: light dark }</style>
        </head><body><main><h1>You are logged out</h1><p>You can close this page.</p></main></body></html>

        """u8);

    private readonly LoginPlaces _places = new(MostAtOnce);
    private readonly RequestKey _client = new(RequestKeyKind.ClientAddress, [], 64);

    // Who begins logins without end, and sends codes that no provider gave, is heard every ten seconds.
    private readonly TokenBuckets _failures = new(MostClients, 1.0 / RetrySeconds, MostFailures);
    private readonly RefusalTally _crowd;

    /// <summary>The places at the token endpoint, for tests.</summary>
    internal LoginPlaces Places => _places;

    /// <summary>Who has no session: a page that is asked for begins a login, all else is refused.</summary>
    private ValueTask<Verdict> Ask(Exchange exchange, string why)
    {
        if (!Navigation.Is(exchange.Request))
        {
            return new(AuthRefusal.Unknown(exchange, Name, $"{why}, and no page is asked for that could begin a login", _challenge));
        }

        if (!IsSecure(exchange))
        {
            const string NeedsHttps = "a login needs https: serve the site over TLS, or name the proxy in front of Weir in trusted_proxies so that its "
                + "X-Forwarded-Proto is believed";
            return new(AuthRefusal.Unavailable(exchange, Name, NeedsHttps));
        }

        if (exchange.IsHypothetical)
        {
            exchange.Trace?.Add(Name, $"a login would begin at {_options.Issuer}: {why}");
            exchange.Answer(302);
            return new(Verdict.Answered);
        }

        return _provider.Setup(exchange.Loop.NowMs) is { } setup ? new(Begin(exchange, setup, why)) : BeginLaterAsync(exchange, why);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> BeginLaterAsync(Exchange exchange, string why) =>
        await SetupAsync(exchange.Loop.NowMs) is { } setup
            ? Begin(exchange, setup, why)
            : AuthRefusal.Unavailable(exchange, Name, "what the provider says of itself is not to be had; the log of the module says why");

    private Verdict Begin(Exchange exchange, ProviderSetup setup, string why)
    {
        long unixMs = exchange.Loop.UnixMs;
        RequestHead request = exchange.Request;
        LoginState login = LoginState.Begin(
            Encoding.ASCII.GetString(request.Authority), IsHttps(exchange), Navigation.ReturnTo(request), (unixMs + LoginLifeMs) / 1000);
        List<byte[]> cookies = _logins.Add(request.Fields, login, unixMs, TimeSpan.FromMilliseconds(LoginLifeMs));
        exchange.Trace?.Add(Name, $"a login begins: {why}");
        _counters.Begun.Add();
        Redirect(exchange, 302, setup.Authorization + Query(setup.Authorization, QuestionOf(login)));
        foreach (byte[] cookie in cookies)
        {
            exchange.Response.Fields.Add(KnownField.SetCookie, cookie);
        }

        return Verdict.Answered;
    }

    // RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core 1.0 section 3.1.2.1.
    private IEnumerable<KeyValuePair<string, string>> QuestionOf(LoginState login)
    {
        IEnumerable<string> scopes = _options.Scopes.Prepend("openid").Distinct(StringComparer.Ordinal);
        return
        [
            new("response_type", "code"),
            new("client_id", _options.ClientId),
            new("redirect_uri", login.Origin + _options.CallbackPath),
            new("scope", string.Join(' ', scopes)),
            new("state", login.State),
            new("nonce", login.Nonce),
            new("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(login.Verifier)))),
            new("code_challenge_method", "S256"),
            .. _options.Parameters,
        ];
    }

    /// <summary>What the provider sent a browser back with.</summary>
    private ValueTask<Verdict> Callback(Exchange exchange, Session? session)
    {
        CallbackQuery query = CallbackQuery.Take(exchange.Request);
        if (exchange.Request.Method != RequestMethod.Get)
        {
            return new(Refuse(exchange, "the provider's answer comes by GET"));
        }

        if (exchange.IsHypothetical)
        {
            exchange.Trace?.Add(Name, "a login would be completed here");
            exchange.Answer(302);
            return new(Verdict.Answered);
        }

        if (_logins.Find(exchange.Request.Fields, query.State, exchange.Loop.UnixMs, out int slot) is not { } login)
        {
            if (session is not null)
            {
                // Somebody who went back in the browser's history.
                Redirect(exchange, 302, "/");
                return new(Verdict.Answered);
            }

            _counters.Unknown.Add();
            return new(Refuse(exchange, "this browser has begun no login with that state, or it took longer than ten minutes"));
        }

        if (query.Issuer is not null && query.Issuer != _options.Issuer)
        {
            // RFC 9207 section 2.4: another provider's answer.
            return new(Fail(exchange, slot, "the answer is another provider's (iss)"));
        }

        if (query.Error is not null)
        {
            return new(Fail(exchange, slot, $"the provider refused with {Provider.CodeOf(query.Error)}"));
        }

        return query.Code is null ? new(Fail(exchange, slot, "the provider sent no code")) : CompleteAsync(exchange, login, slot, query);
    }

    // 1 the provider's description  2 a place to ask it  3 once only  4 the code becomes tokens  5 the ID token is judged  6 a session
    // begins. Who finds no place keeps the login, and can try again.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> CompleteAsync(Exchange exchange, LoginState login, int slot, CallbackQuery query)
    {
        if (await SetupAsync(exchange.Loop.NowMs) is not { } setup)
        {
            return AuthRefusal.Unavailable(
                exchange, Name, "what the provider says of itself is not to be had; the log of the module says why");
        }

        if (setup.SendsIssuer && query.Issuer is null)
        {
            return Fail(exchange, slot, "the answer does not say which provider it is of (iss)");
        }

        IpAddress client = exchange.ClientAddress;
        ulong key = _client.Of(exchange);
        if (!_failures.Peek(key, exchange.Loop.NowNs).IsAllowed)
        {
            return TurnAway(exchange, "too many logins of this client have failed");
        }

        if (!_places.TryTake(client))
        {
            return TurnAway(exchange, "too many logins wait for the provider, or too many of this client");
        }

        TokenAnswer answer;
        try
        {
            if (!_realm.TryComplete(login, exchange.Loop.UnixMs / 1000))
            {
                return Fail(exchange, slot, "this login was completed already");
            }

            answer = await _provider.AskAsync(setup, new()
            {
                ["grant_type"] = "authorization_code",
                ["code"] = query.Code!,
                ["redirect_uri"] = login.Origin + _options.CallbackPath,
                ["code_verifier"] = login.Verifier,
            });
        }
        finally
        {
            _places.Leave(client);
        }

        if (answer.IsRefused)
        {
            _failures.Spend(key, exchange.Loop.NowNs);
        }

        if (answer.Reason.Length > 0)
        {
            return answer.IsRefused ? Fail(exchange, slot, answer.Reason) : Unavailable(exchange, slot, answer.Reason);
        }

        if (answer.IdToken is null)
        {
            return Fail(exchange, slot, "the provider gave no ID token");
        }

        ExpectedToken expected = new(login.Nonce, null, answer.AccessToken);
        (TokenOutcome? refusal, VerifiedToken? verified) = await ReadTokenAsync(
            setup, answer, expected, exchange.Loop.NowMs, exchange.Loop.UnixMs);
        if (refusal is not null)
        {
            return Fail(exchange, slot, $"the ID token is not good: {refusal.Reason}");
        }

        using (verified)
        {
            return Complete(exchange, login, slot, answer, verified!);
        }
    }

    private Verdict Complete(Exchange exchange, LoginState login, int slot, TokenAnswer answer, VerifiedToken verified)
    {
        long now = exchange.Loop.UnixMs / 1000;
        Session session = WithTokens(Session.Begin(verified.Claims, _realm, _demands, NewSecret(), now), answer, null, now);
        if (CookiesOf(exchange, session) is not { } cookies)
        {
            return Fail(exchange, slot, "what the ID token says is too long for a cookie; the log of the module says what to do");
        }

        Redirect(exchange, 302, Navigation.IsOwnPath(login.Return) ? login.Return : "/");
        foreach (byte[] cookie in cookies.Append(_cookies.EndLogin(slot)))
        {
            exchange.Response.Fields.Add(KnownField.SetCookie, cookie);
        }

        _counters.Completed.Add();
        exchange.Trace?.Add(Name, "a login was completed");
        return Verdict.Answered;
    }

    /// <summary>Ends a session, here and, where the provider can, there (OpenID Connect RP-Initiated Logout 1.0).</summary>
    private ValueTask<Verdict> Logout(Exchange exchange, Session? session)
    {
        if (exchange.Request.Method is not (RequestMethod.Get or RequestMethod.Post) || Navigation.IsCrossSite(exchange.Request))
        {
            return new(AuthRefusal.Forbidden(exchange, Name, "a session ends by GET or POST, and by no page of another site"));
        }

        if (exchange.IsHypothetical)
        {
            exchange.Trace?.Add(Name, "a session would end here");
            exchange.Answer(200);
            return new(Verdict.Answered);
        }

        if (session is not null)
        {
            _realm.End(session, exchange.Loop.UnixMs / 1000);
        }

        return session is null || _provider.Setup(exchange.Loop.NowMs) is not null ? new(Leave(exchange)) : LeaveLaterAsync(exchange);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> LeaveLaterAsync(Exchange exchange)
    {
        await _provider.RenewSetup(exchange.Loop.NowMs);
        return Leave(exchange);
    }

    private Verdict Leave(Exchange exchange)
    {
        List<byte[]> ends = _cookies.EndSession(exchange.Request.Fields);
        string? back = _options.AfterLogout is { } path ? OriginOf(exchange) + path : null;
        if (_provider.Setup(exchange.Loop.NowMs)?.EndSession is { } there)
        {
            List<KeyValuePair<string, string>> question = [new("client_id", _options.ClientId)];
            if (back is not null)
            {
                question.Add(new("post_logout_redirect_uri", back));
            }

            Redirect(exchange, 303, there + Query(there, question));
        }
        else if (back is not null)
        {
            Redirect(exchange, 303, _options.AfterLogout!);
        }
        else
        {
            exchange.Answer(200, "text/html; charset=utf-8"u8, _farewell);
            exchange.Response.Fields.Add(KnownField.CacheControl, "no-store"u8);
        }

        foreach (byte[] cookie in ends)
        {
            exchange.Response.Fields.Add(KnownField.SetCookie, cookie);
        }

        exchange.Trace?.Add(Name, "a session ended");
        return Verdict.Answered;
    }

    private async Task<ProviderSetup?> SetupAsync(long nowMs)
    {
        if (_provider.Setup(nowMs) is { } setup)
        {
            return setup;
        }

        await _provider.RenewSetup(nowMs);
        return _provider.Setup(nowMs);
    }

    // A key that is not known may have been made since: then the keys are asked for once.
    private async Task<(TokenOutcome? Refusal, VerifiedToken? Verified)> ReadTokenAsync(
        ProviderSetup setup, TokenAnswer answer, ExpectedToken expected, long nowMs, long unixMs)
    {
        UrlKeys source = _provider.KeysOf(setup);
        if (source.Current(nowMs) is { } known)
        {
            TokenOutcome? refusal = _rules.Read(answer.IdToken, known, expected, unixMs, out VerifiedToken? verified);
            if (refusal?.Kind != TokenKind.UnknownKey)
            {
                return (refusal, verified);
            }
        }

        await source.Renew(nowMs);
        return source.Current(nowMs) is { } keys
            ? (_rules.Read(answer.IdToken, keys, expected, unixMs, out VerifiedToken? read), read)
            : (TokenOutcome.Not(TokenKind.UnknownKey, "the provider's keys are not to be had; the log of the module says why"), null);
    }

    // The login is over: its cookie goes.
    private Verdict Fail(Exchange exchange, int slot, string why)
    {
        _counters.Failed.Add();
        exchange.ErrorFields.Add(KnownField.SetCookie, _cookies.EndLogin(slot));
        return Refuse(exchange, why);
    }

    private Verdict Unavailable(Exchange exchange, int slot, string why)
    {
        _counters.Failed.Add();
        exchange.ErrorFields.Add(KnownField.SetCookie, _cookies.EndLogin(slot));
        return AuthRefusal.Unavailable(exchange, Name, why);
    }

    private Verdict TurnAway(Exchange exchange, string why)
    {
        _counters.Crowded.Add();
        _crowd.Add(exchange.ClientAddress, exchange.Loop.NowMs);
        exchange.RetryAfterSeconds = RetrySeconds;
        return AuthRefusal.Unavailable(exchange, Name, why);
    }

    private static Verdict Refuse(Exchange exchange, string why)
    {
        exchange.Error = ProxyErrors.LoginFailed;
        exchange.ErrorDetail = why;
        exchange.Trace?.Add(Name, $"the login failed: {why}");
        return Verdict.Answered;
    }

    private static void Redirect(Exchange exchange, int status, string to)
    {
        exchange.Answer(status);
        exchange.Response.Fields.Add(KnownField.Location, Encoding.ASCII.GetBytes(to));
        exchange.Response.Fields.Add(KnownField.CacheControl, "no-store"u8);
    }

    private static string Query(string address, IEnumerable<KeyValuePair<string, string>> parameters) =>
        (address.Contains('?', StringComparison.Ordinal) ? "&" : "?")
        + string.Join('&', parameters.Select(pair => $"{WebUtility.UrlEncode(pair.Key)}={WebUtility.UrlEncode(pair.Value)}"));

    // Cookies of __Host- are kept from https alone, and from this machine, which browsers trust.
    private static bool IsSecure(Exchange exchange) => IsHttps(exchange) || IsThisMachine(exchange.Request.Host);

    private static bool IsHttps(Exchange exchange) => exchange.Request.IsHttps
        || (exchange.Connection.IsTrustedProxy && exchange.Request.Fields.TryGet(KnownField.XForwardedProto, out ReadOnlySpan<byte> scheme)
            && scheme.SequenceEqual("https"u8));

    private static bool IsThisMachine(ReadOnlySpan<byte> host) =>
        host.SequenceEqual("localhost"u8) || host.EndsWith(".localhost"u8) || host.SequenceEqual("127.0.0.1"u8)
            || host.SequenceEqual("[::1]"u8);

    private static string OriginOf(Exchange exchange) =>
        $"{(IsHttps(exchange) ? "https" : "http")}://{Encoding.ASCII.GetString(exchange.Request.Authority)}";

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretOctets));
}
