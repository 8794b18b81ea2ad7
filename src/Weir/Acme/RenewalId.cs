using System.Buffers.Text;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Acme;

/// <summary>What an issuer knows a certificate by when it is asked about its renewal.</summary>
internal static class RenewalId
{
    /// <summary>
    /// RFC 9773 section 4.1: the authority's key identifier and the serial number. Null where the certificate has no key identifier.
    /// </summary>
    public static string? Of(string chainPem)
    {
        using X509Certificate2 leaf = X509Certificate2.CreateFromPem(chainPem);
        X509AuthorityKeyIdentifierExtension? authority = leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault();

        // SerialNumberBytes are the INTEGER's content octets, with the zero in front that keeps it positive.
        return authority?.KeyIdentifier is { } key
            ? $"{Base64Url.EncodeToString(key.Span)}.{Base64Url.EncodeToString(leaf.SerialNumberBytes.Span)}"
            : null;
    }
}
