namespace Weir.Net.Tls;

/// <summary>
/// Asks about a certificate and reads the answer (RFC 6960, RFC 5019). For the control plane: it parses, and may take a millisecond.
/// </summary>
public static unsafe class Ocsp
{
    // struct tm has nine numbers, and behind them what this does not read.
    private const int BrokenDownInts = 16;

    /// <summary>The request for a certificate whose chain holds its issuer (DER); null when it cannot be made.</summary>
    public static byte[]? RequestFor(TlsCertificate certificate)
    {
        List<nint> chain = PemReader.Certificates(certificate.ChainPem, out _);
        if (chain.Count < 2)
        {
            PemReader.Free(chain);
            return null;
        }

        nint request = LibCryptoOcsp.OCSP_REQUEST_new();
        nint id = LibCryptoOcsp.OCSP_cert_to_id(LibCryptoOcsp.EVP_sha1(), chain[0], chain[1]);
        PemReader.Free(chain);
        byte[]? octets = null;
        if (id != 0 && LibCryptoOcsp.OCSP_request_add0_id(request, id) != 0)
        {
            octets = new byte[Math.Max(LibCryptoOcsp.i2d_OCSP_REQUEST(request, null), 0)];
            fixed (byte* start = octets)
            {
                byte* target = start;
                _ = LibCryptoOcsp.i2d_OCSP_REQUEST(request, &target);
            }
        }

        LibCryptoOcsp.OCSP_REQUEST_free(request);
        LibCrypto.ERR_clear_error();
        return octets;
    }

    /// <summary>
    /// Reads a response: signed by the certificate's issuer or by whom the issuer has given the right to (RFC 6960 section 4.2.2.2), and
    /// about this certificate. Whether its time is right is the caller's to judge.
    /// </summary>
    public static OcspAnswer Read(TlsCertificate certificate, ReadOnlySpan<byte> response)
    {
        List<nint> chain = PemReader.Certificates(certificate.ChainPem, out _);
        LibCrypto.ERR_clear_error();
        OcspAnswer answer = chain.Count < 2 ? OcspAnswer.Unusable("the chain lacks the issuer") : Read(response, chain[0], chain[1]);
        PemReader.Free(chain);
        LibCrypto.ERR_clear_error();
        return answer;
    }

    private static OcspAnswer Read(ReadOnlySpan<byte> response, nint leaf, nint issuer)
    {
        nint parsed;
        fixed (byte* start = response)
        {
            byte* at = start;
            parsed = response.IsEmpty ? 0 : LibCryptoOcsp.d2i_OCSP_RESPONSE(null, &at, response.Length);
        }

        if (parsed == 0)
        {
            return OcspAnswer.Unusable("it is no OCSP response");
        }

        int status = LibCryptoOcsp.OCSP_response_status(parsed);
        nint basic = status == LibCryptoOcsp.StatusSuccessful ? LibCryptoOcsp.OCSP_response_get1_basic(parsed) : 0;
        LibCryptoOcsp.OCSP_RESPONSE_free(parsed);
        if (basic == 0)
        {
            return OcspAnswer.Unusable(StatusText(status));
        }

        OcspAnswer answer = IsSignedByRight(basic, issuer)
            ? Find(basic, leaf, issuer)
            : OcspAnswer.Unusable($"it is not signed by who may answer for the issuer ({TlsErrors.Take()})");
        LibCryptoOcsp.OCSP_BASICRESP_free(basic);
        return answer;
    }

    private static bool IsSignedByRight(nint basic, nint issuer)
    {
        nint store = LibCrypto.X509_STORE_new();
        nint own = LibCryptoOcsp.OPENSSL_sk_new_null();
        bool isRight = LibCrypto.X509_STORE_add_cert(store, issuer) == 1
            && LibCryptoOcsp.X509_STORE_set_flags(store, LibCryptoOcsp.PartialChain) == 1
            && LibCryptoOcsp.OPENSSL_sk_push(own, issuer) > 0
            && LibCryptoOcsp.OCSP_basic_verify(basic, own, store, LibCryptoOcsp.TrustOther) == 1;
        LibCryptoOcsp.OPENSSL_sk_free(own);
        LibCryptoOcsp.X509_STORE_free(store);
        return isRight;
    }

    private static OcspAnswer Find(nint basic, nint leaf, nint issuer)
    {
        int status;
        nint thisUpdate;
        nint nextUpdate;
        nint id = LibCryptoOcsp.OCSP_cert_to_id(LibCryptoOcsp.EVP_sha1(), leaf, issuer);
        bool isThere = LibCryptoOcsp.OCSP_resp_find_status(basic, id, &status, null, null, &thisUpdate, &nextUpdate) == 1;
        LibCryptoOcsp.OCSP_CERTID_free(id);
        if (!isThere)
        {
            return OcspAnswer.Unusable("it is about another certificate");
        }

        DateTimeOffset? next = nextUpdate == 0 ? null : TimeOf(nextUpdate);
        if (TimeOf(thisUpdate) is not { } from || (nextUpdate != 0 && next is null))
        {
            return OcspAnswer.Unusable("its times cannot be read");
        }

        return new OcspAnswer(
            status switch { LibCryptoOcsp.Good => OcspStatus.Good, LibCryptoOcsp.Revoked => OcspStatus.Revoked, _ => OcspStatus.Unknown },
            from, next, "");
    }

    private static DateTimeOffset? TimeOf(nint time)
    {
        int* parts = stackalloc int[BrokenDownInts];
        if (LibCryptoOcsp.ASN1_TIME_to_tm(time, parts) != 1)
        {
            return null;
        }

        int year = parts[5] + 1900;
        return year is < 1 or > 9999
            ? null
            : new DateTimeOffset(year, parts[4] + 1, parts[3], parts[2], parts[1], Math.Min(parts[0], 59), TimeSpan.Zero);
    }

    // RFC 6960 section 4.2.1.
    private static string StatusText(int status) => status switch
    {
        1 => "the responder finds the request malformed",
        2 => "the responder has an internal error",
        3 => "the responder says: try later",
        5 => "the responder wants the request signed",
        6 => "the responder does not answer us",
        _ => "it holds no answer",
    };
}
