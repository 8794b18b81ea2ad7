// Hot: read for each request that meets a stored response.
using System.Runtime.InteropServices;
using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>
/// What is kept of a response's freshness, so that a hit compares numbers and parses nothing. It lies in the store as it is.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct StoredFreshness
{
    private const ResponseDirectives ForbidStale =
        ResponseDirectives.NoCache | ResponseDirectives.MustRevalidate | ResponseDirectives.ProxyRevalidate;

    private readonly uint _responseTime;
    private readonly uint _initialAge;
    private readonly uint _lifetime;
    private readonly uint _staleWhileRevalidate;
    private readonly uint _staleIfError;
    private readonly ResponseDirectives _directives;
    private readonly ushort _isShared;

    private StoredFreshness(
        long responseTimeSeconds, long initialAgeSeconds, long lifetimeSeconds, long whileRevalidateSeconds, long ifErrorSeconds,
        ResponseDirectives directives, bool isShared)
    {
        _responseTime = (uint)Math.Clamp(responseTimeSeconds, 0, uint.MaxValue);
        _initialAge = (uint)initialAgeSeconds;
        _lifetime = (uint)lifetimeSeconds;
        _staleWhileRevalidate = (uint)Math.Max(whileRevalidateSeconds, 0);
        _staleIfError = (uint)Math.Max(ifErrorSeconds, 0);
        _directives = directives;
        _isShared = isShared ? (ushort)1 : (ushort)0;
    }

    /// <summary>When the response was received, in seconds since 1970.</summary>
    public long ResponseTimeSeconds => _responseTime;

    /// <summary>How long it is fresh, from when the origin made it.</summary>
    public long LifetimeSeconds => _lifetime;

    /// <summary>How long after that it may be served while it is validated.</summary>
    public long StaleWhileRevalidateSeconds => _staleWhileRevalidate;

    /// <summary>How long after that it may be served when its origin fails.</summary>
    public long StaleIfErrorSeconds => _staleIfError;

    /// <summary>RFC 9111 section 5.2.2.4: it is validated before each use.</summary>
    public bool MustValidateAlways => (_directives & ResponseDirectives.NoCache) != ResponseDirectives.None;

    /// <summary>
    /// RFC 9111 section 4.2.4: whether it may never be served past its time: no-cache, must-revalidate, proxy-revalidate, s-maxage.
    /// </summary>
    public bool ForbidsStale =>
        _isShared != 0
        || (_directives & ForbidStale) != ResponseDirectives.None;

    /// <summary>What is kept of a response that arrived.</summary>
    /// <param name="response">The response.</param>
    /// <param name="control">What it says to caches.</param>
    /// <param name="requestTimeSeconds">When it was asked for, in seconds since 1970.</param>
    /// <param name="responseTimeSeconds">When it came.</param>
    /// <param name="policy">How long may be guessed.</param>
    public static StoredFreshness Of(
        ResponseHead response, in ResponseCacheControl control, long requestTimeSeconds, long responseTimeSeconds, CachePolicy policy) =>
        new(
            responseTimeSeconds,
            AgeRules.CorrectedInitialAge(response.Fields, requestTimeSeconds, responseTimeSeconds),
            Lifetime.Calculate(response, control, responseTimeSeconds, policy),
            control.StaleWhileRevalidateSeconds,
            control.StaleIfErrorSeconds,
            control.Directives,
            control.SharedMaxAgeSeconds >= 0);

    /// <summary>current_age (RFC 9111 section 4.2.3).</summary>
    public long AgeAt(long nowSeconds) => DeltaSeconds.Add(_initialAge, Math.Max(nowSeconds - _responseTime, 0));

    /// <summary>The time that is left; negative once it is stale.</summary>
    public long TimeToLiveAt(long nowSeconds) => _lifetime - AgeAt(nowSeconds);

    /// <summary>The same, but stale from now on: what a soft purge makes of it.</summary>
    public StoredFreshness Expired(long nowSeconds) =>
        new(_responseTime, _initialAge, Math.Min(_lifetime, AgeAt(nowSeconds)), _staleWhileRevalidate, _staleIfError, _directives, _isShared != 0);
}
