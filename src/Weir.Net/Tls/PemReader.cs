namespace Weir.Net.Tls;

/// <summary>Reads PEM with OpenSSL. What it returns is freed by whoever asked.</summary>
internal static unsafe class PemReader
{
    /// <summary>Certificates of one file, in order: more make no chain, and a file is not ours to trust.</summary>
    public const int MostCertificates = 1000;

    /// <summary>The certificates of a text, in its order. Empty with the reason when one cannot be read.</summary>
    public static List<nint> Certificates(ReadOnlySpan<byte> pem, out string problem)
    {
        List<nint> found = [];
        problem = "it holds no certificate in PEM form";
        if (pem.IsEmpty)
        {
            return found;
        }

        fixed (byte* octets = pem)
        {
            nint bio = LibCrypto.BIO_new_mem_buf(octets, pem.Length);
            while (found.Count < MostCertificates)
            {
                LibCrypto.ERR_clear_error();
                nint certificate = LibCrypto.PEM_read_bio_X509(bio, null, 0, 0);
                if (certificate == 0)
                {
                    break;
                }

                found.Add(certificate);
            }

            // PEM_R_NO_START_LINE (108) is the end of the text; anything else is a certificate that is broken.
            if ((LibCrypto.ERR_peek_error() & 0x7FFFFF) is not (0 or 108))
            {
                problem = $"its certificate number {found.Count + 1} cannot be read ({TlsErrors.Take()})";
                Free(found);
            }

            LibCrypto.ERR_clear_error();
            _ = LibCrypto.BIO_free(bio);
        }

        return found;
    }

    /// <summary>The private key of a text; 0 with the reason when there is none that can be used.</summary>
    public static nint PrivateKey(ReadOnlySpan<byte> pem, out string problem)
    {
        problem = "it holds no private key in PEM form";
        if (pem.IsEmpty)
        {
            return 0;
        }

        fixed (byte* octets = pem)
        {
            nint bio = LibCrypto.BIO_new_mem_buf(octets, pem.Length);
            LibCrypto.ERR_clear_error();
            nint key = LibCrypto.PEM_read_bio_PrivateKey(bio, null, &RefusePassword, 0);
            _ = LibCrypto.BIO_free(bio);
            if (key != 0)
            {
                problem = "";
            }
            else
            {
                problem = pem.IndexOf("ENCRYPTED"u8) >= 0
                    ? "its key is encrypted with a password, which Weir does not ask for"
                    : pem.IndexOf("PRIVATE KEY"u8) < 0 ? "it holds no private key in PEM form" : $"its key cannot be read ({TlsErrors.Take()})";
                LibCrypto.ERR_clear_error();
            }

            return key;
        }
    }

    /// <summary>Frees certificates and empties the list.</summary>
    public static void Free(List<nint> certificates)
    {
        certificates.ForEach(LibCrypto.X509_free);
        certificates.Clear();
    }

    // Without a callback OpenSSL would ask on the terminal.
    [System.Runtime.InteropServices.UnmanagedCallersOnly]
    private static int RefusePassword(byte* target, int length, int isWriting, nint argument) => -1;
}
