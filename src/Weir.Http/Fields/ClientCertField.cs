using System.Buffers.Text;
using Weir.Abstractions.Heads;

namespace Weir.Http.Fields;

/// <summary>Client-Cert: the certificate that a client has shown, for origins (RFC 9440 section 2.2).</summary>
public static class ClientCertField
{
    // With room for a certificate of a kind that nobody has met; a larger one is not passed on.
    private const int MostOctets = 8 * 1024;
    private const int Separators = 4;

    /// <summary>Adds the field: the DER octets as a byte sequence of RFC 8941 section 3.3.5.</summary>
    public static void Add(HeaderFields fields, ReadOnlySpan<byte> certificate)
    {
        if (certificate.Length > MostOctets)
        {
            return;
        }

        Span<byte> value = stackalloc byte[Base64.GetMaxEncodedToUtf8Length(MostOctets) + 2];
        value[0] = (byte)':';
        Base64.EncodeToUtf8(certificate, value[1..], out _, out int written);
        value[written + 1] = (byte)':';
        fields.Add(KnownField.ClientCert, value[..(written + 2)]);
    }

    /// <summary>
    /// Adds Client-Cert-Chain (RFC 9440 section 2.3): a list of byte sequences. Chains that are too long are not passed on, rather than
    /// cut.
    /// </summary>
    public static void AddChain(HeaderFields fields, IReadOnlyList<byte[]> certificates)
    {
        Span<byte> value = stackalloc byte[Base64.GetMaxEncodedToUtf8Length(MostOctets) + 2];
        int end = 0;
        for (int i = 0; i < certificates.Count; i++)
        {
            if (end + Base64.GetMaxEncodedToUtf8Length(certificates[i].Length) + Separators > value.Length)
            {
                return;
            }

            if (i > 0)
            {
                value[end++] = (byte)',';
                value[end++] = (byte)' ';
            }

            value[end++] = (byte)':';
            Base64.EncodeToUtf8(certificates[i], value[end..], out _, out int written);
            end += written;
            value[end++] = (byte)':';
        }

        fields.Add(KnownField.ClientCertChain, value[..end]);
    }
}
