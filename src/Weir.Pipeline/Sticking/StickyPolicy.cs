using System.Text;

namespace Weir.Pipeline.Sticking;

/// <summary>How clients are kept on their servers. Immutable.</summary>
public sealed class StickyPolicy
{
    // A cookie of the browser's session has no end of its own: a server that drains must be rid of its clients some day.
    private const int SessionSeconds = 24 * 3600;

    /// <summary>A policy; without a time to live the cookie ends with the browser's session.</summary>
    public StickyPolicy(string cookie, TimeSpan? ttl, StickyKeys keys)
    {
        Cookie = cookie;
        CookieName = Encoding.ASCII.GetBytes(cookie);
        Keys = keys;
        int seconds = ttl is { } time ? (int)Math.Clamp(time.TotalSeconds, 1, int.MaxValue) : SessionSeconds;
        TtlSeconds = seconds;
        string age = ttl is null ? "" : $"; Max-Age={seconds.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
        Attributes = Encoding.ASCII.GetBytes($"; Path=/{age}; HttpOnly; SameSite=Lax");
    }

    /// <summary>The cookie's name.</summary>
    public string Cookie { get; }

    /// <summary>What cookies are made and checked with.</summary>
    public StickyKeys Keys { get; }

    /// <summary>How long a cookie is believed.</summary>
    public int TtlSeconds { get; }

    internal byte[] CookieName { get; }

    /// <summary>What follows the value in Set-Cookie.</summary>
    internal byte[] Attributes { get; }
}
