using System.Diagnostics.CodeAnalysis;
using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>Hosts whose answer never changes and is never asked for: address literals, localhost, and names that cannot exist.</summary>
internal static class FixedNames
{
    private static readonly IpAddress[] _loopback = [new IpAddress(0, 1), IpAddress.FromIPv4(0x7F00_0001)];

    public static bool TryGet(string host, [NotNullWhen(true)] out AddressAnswer? answer)
    {
        ReadOnlySpan<char> literal = host.StartsWith('[') && host.EndsWith(']') ? host.AsSpan(1, host.Length - 2) : host;
        if (IpAddress.TryParse(literal, out IpAddress address))
        {
            answer = AddressAnswer.Of([address]);
            return true;
        }

        answer = !DnsName.TryNormalize(host, out string? name)
            ? Refuse($"\"{host}\" is not a host name: letters, digits, hyphens and dots (other scripts in their xn-- form).")
            : FindReserved(name);
        return answer is not null;
    }

    private static AddressAnswer? FindReserved(string name)
    {
        // RFC 6761 section 6.3: localhost is this machine, whatever a server would say.
        if (DnsName.IsWithin(name, "localhost"))
        {
            return AddressAnswer.Of(_loopback);
        }

        // RFC 6761 section 6.4 and RFC 7686 section 2: these are not looked up in the DNS.
        if (DnsName.IsWithin(name, "invalid") || DnsName.IsWithin(name, "onion"))
        {
            return Refuse($"{name}: names below .invalid and .onion do not exist in the DNS.");
        }

        return DnsName.LooksLikeAddress(name) ? Refuse($"{name}: neither a host name nor a complete IP address.") : null;
    }

    private static AddressAnswer Refuse(string detail) => AddressAnswer.None(DnsOutcome.NoName, detail, DnsTtl.Max);
}
