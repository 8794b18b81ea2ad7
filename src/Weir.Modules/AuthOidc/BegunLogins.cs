using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// The logins that one browser has begun: a cookie each, of which there are few, and not much in all, so that heads of requests stay far
/// below what origins and other proxies take (8 KiB) also where no module of ours takes the cookies out. Who begins one more loses the
/// oldest.
/// </summary>
internal sealed class BegunLogins
{
    /// <summary>Octets that the cookies of logins have together at most, with their names.</summary>
    public const int MostOctets = 4096;

    private readonly SessionCookies _cookies;
    private readonly CookieSealer _sealer;

    public BegunLogins(SessionCookies cookies, CookieSealer sealer)
    {
        _cookies = cookies;
        _sealer = sealer;
    }

    /// <summary>The login of a state that this browser has begun; null: there is none, or it took too long.</summary>
    public LoginState? Find(HeaderFields fields, string? state, long unixMs, out int slot)
    {
        for (slot = 0; state is not null && slot < SessionCookies.MostLogins; slot++)
        {
            if (Read(fields, slot, unixMs) is { } login
                && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(login.State), Encoding.UTF8.GetBytes(state)))
            {
                return login;
            }
        }

        return null;
    }

    /// <summary>The values of Set-Cookie for one more: its own, and those that end what has to go for it.</summary>
    public List<byte[]> Add(HeaderFields fields, LoginState login, long unixMs, TimeSpan life)
    {
        byte[] value = _sealer.SealLogin(login.Write(), unixMs);
        LoginState?[] held = new LoginState?[SessionCookies.MostLogins];
        for (int slot = 0; slot < held.Length; slot++)
        {
            held[slot] = Read(fields, slot, unixMs);
        }

        int place = Array.IndexOf(held, null);
        place = place < 0 ? OldestOf(held) : place;
        held[place] = null;
        int octets = _cookies.OctetsOfLogin(place, value.Length);
        for (int slot = 0; slot < held.Length; slot++)
        {
            octets += held[slot] is null ? 0 : _cookies.OctetsOfLogin(slot, _cookies.FindLogin(fields, slot).Length);
        }

        while (octets > MostOctets && OldestOf(held) is >= 0 and int oldest)
        {
            octets -= _cookies.OctetsOfLogin(oldest, _cookies.FindLogin(fields, oldest).Length);
            held[oldest] = null;
        }

        List<byte[]> set = [_cookies.SetLogin(place, value, life)];
        for (int slot = 0; slot < held.Length; slot++)
        {
            if (slot != place && held[slot] is null && _cookies.HasLogin(fields, slot))
            {
                set.Add(_cookies.EndLogin(slot));
            }
        }

        return set;
    }

    private LoginState? Read(HeaderFields fields, int slot, long unixMs)
    {
        ReadOnlySpan<byte> value = _cookies.FindLogin(fields, slot);
        return value.Length is > 0 and <= MostOctets && _sealer.OpenLogin(value, unixMs) is { } octets
            && LoginState.Read(octets) is { } login && login.EndsAt > unixMs / 1000 ? login : null;
    }

    // -1: there is none.
    private static int OldestOf(LoginState?[] held)
    {
        int oldest = -1;
        for (int slot = 0; slot < held.Length; slot++)
        {
            if (held[slot] is { } login && (oldest < 0 || login.EndsAt < held[oldest]!.EndsAt))
            {
                oldest = slot;
            }
        }

        return oldest;
    }
}
