using System.Globalization;
using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// The cookies of a session and of logins that have begun. A session's may be too long for one (RFC 6265 section 6.1 promises 4096 octets):
/// the first says with its first digit how many there are. All are __Host-, Secure, HttpOnly and SameSite=Lax.
/// </summary>
internal sealed class SessionCookies
{
    /// <summary>How many logins of one browser may be in flight.</summary>
    public const int MostLogins = 4;

    private const int MostParts = 4;
    private const int PartOctets = 3800;
    private const string Attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax";

    private readonly string _name;
    private readonly byte[] _more;
    private readonly byte[][] _parts;
    private readonly byte[][] _logins;

    /// <param name="name">The name, behind __Host-.</param>
    public SessionCookies(string name)
    {
        _name = "__Host-" + name;
        _more = Encoding.ASCII.GetBytes(_name + ".");
        _parts = [.. Enumerable.Range(0, MostParts).Select(i => Encoding.ASCII.GetBytes(PartName(i)))];
        _logins = [.. Enumerable.Range(0, MostLogins).Select(i => Encoding.ASCII.GetBytes(LoginName(i)))];
    }

    /// <summary>Takes all of them out of a request.</summary>
    public void Strip(HeaderFields fields)
    {
        CookieStrip.Remove(fields, _parts[0]);
        if (!HasMore(fields))
        {
            return;
        }

        for (int i = 1; i < MostParts; i++)
        {
            CookieStrip.Remove(fields, _parts[i]);
        }

        foreach (byte[] name in _logins)
        {
            CookieStrip.Remove(fields, name);
        }
    }

    /// <summary>A session's cookie, put together; empty: there is none. Valid until the fields change.</summary>
    public ReadOnlySpan<byte> FindSession(HeaderFields fields)
    {
        if (!CookieFields.TryFind(fields, _parts[0], out ReadOnlySpan<byte> first) || first.Length < 2 || first.Length > PartOctets + 1)
        {
            return default;
        }

        int parts = first[0] - '0';
        if (parts is < 1 or > MostParts)
        {
            return default;
        }

        return parts == 1 ? first[1..] : Join(fields, first[1..], parts);
    }

    /// <summary>The cookie of a login that has begun; empty: there is none.</summary>
    public ReadOnlySpan<byte> FindLogin(HeaderFields fields, int slot) => CookieFields.Find(fields, _logins[slot]);

    /// <summary>Whether there is a cookie in the place of a login, whatever it holds.</summary>
    public bool HasLogin(HeaderFields fields, int slot) => CookieFields.TryFind(fields, _logins[slot], out _);

    /// <summary>Octets that a login's cookie has in a request.</summary>
    public int OctetsOfLogin(int slot, int valueOctets) => _logins[slot].Length + "=; ".Length + valueOctets;

    /// <summary>The values of Set-Cookie that put a session in the place of what a request has; null: it is too long.</summary>
    public List<byte[]>? SetSession(HeaderFields request, ReadOnlySpan<byte> value, TimeSpan life)
    {
        int parts = (value.Length + PartOctets - 1) / PartOctets;
        if (parts > MostParts)
        {
            return null;
        }

        List<byte[]> fields = [];
        for (int i = 0; i < parts; i++)
        {
            ReadOnlySpan<byte> part = value.Slice(i * PartOctets, Math.Min(PartOctets, value.Length - (i * PartOctets)));
            fields.Add(
                Set(PartName(i), (i == 0 ? parts.ToString(CultureInfo.InvariantCulture) : "") + Encoding.ASCII.GetString(part), life));
        }

        AddEnds(fields, request, from: parts);
        return fields;
    }

    /// <summary>The values of Set-Cookie that end a session.</summary>
    public List<byte[]> EndSession(HeaderFields request)
    {
        List<byte[]> fields = [End(PartName(0))];
        AddEnds(fields, request, from: 1);
        return fields;
    }

    /// <summary>The value of Set-Cookie for a login that begins.</summary>
    public byte[] SetLogin(int slot, ReadOnlySpan<byte> value, TimeSpan life) =>
        Set(LoginName(slot), Encoding.ASCII.GetString(value), life);

    /// <summary>The value of Set-Cookie that ends one.</summary>
    public byte[] EndLogin(int slot) => End(LoginName(slot));

    // Most browsers have one cookie of ours: one search in place of seven.
    private bool HasMore(HeaderFields fields)
    {
        for (int slot = fields.Find(KnownField.Cookie); slot >= 0; slot = fields.Find(KnownField.Cookie, slot + 1))
        {
            if (fields.ValueAt(slot).IndexOf(_more) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> Join(HeaderFields fields, ReadOnlySpan<byte> first, int parts)
    {
        byte[] whole = new byte[PartOctets * parts];
        first.CopyTo(whole);
        int length = first.Length;
        for (int i = 1; i < parts; i++)
        {
            if (!CookieFields.TryFind(fields, _parts[i], out ReadOnlySpan<byte> part) || part.Length > PartOctets)
            {
                return default;
            }

            part.CopyTo(whole.AsSpan(length));
            length += part.Length;
        }

        return whole.AsSpan(0, length);
    }

    private void AddEnds(List<byte[]> fields, HeaderFields request, int from)
    {
        for (int i = from; i < MostParts; i++)
        {
            if (CookieFields.TryFind(request, _parts[i], out _))
            {
                fields.Add(End(PartName(i)));
            }
        }
    }

    private string PartName(int part) => part == 0 ? _name : string.Create(CultureInfo.InvariantCulture, $"{_name}.{part}");

    private string LoginName(int slot) => string.Create(CultureInfo.InvariantCulture, $"{_name}.login{slot}");

    private static byte[] Set(string name, string value, TimeSpan life) =>
        Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{name}={value}{Attributes}; Max-Age={(long)life.TotalSeconds}"));

    private static byte[] End(string name) => Encoding.ASCII.GetBytes($"{name}={Attributes}; Max-Age=0");
}
