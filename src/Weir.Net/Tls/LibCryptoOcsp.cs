using System.Runtime.InteropServices;

namespace Weir.Net.Tls;

/// <summary>The calls into OpenSSL's libcrypto that ask and read OCSP (RFC 6960). Control plane only.</summary>
internal static unsafe class LibCryptoOcsp
{
    public const int StatusSuccessful = 0;
    public const int Good = 0;
    public const int Revoked = 1;

    /// <summary>The signer may be one of the certificates given: they are trusted as they are.</summary>
    public const nuint TrustOther = 0x200;

    /// <summary>A chain may end at any certificate of the store, not only at a root.</summary>
    public const nuint PartialChain = 0x80000;

    private const string Library = LibCrypto.Library;

    [DllImport(Library)]
    public static extern nint EVP_sha1();

    [DllImport(Library)]
    public static extern nint OCSP_cert_to_id(nint digest, nint certificate, nint issuer);

    [DllImport(Library)]
    public static extern void OCSP_CERTID_free(nint id);

    [DllImport(Library)]
    public static extern nint OCSP_REQUEST_new();

    [DllImport(Library)]
    public static extern void OCSP_REQUEST_free(nint request);

    [DllImport(Library)]
    public static extern nint OCSP_request_add0_id(nint request, nint id);

    [DllImport(Library)]
    public static extern int i2d_OCSP_REQUEST(nint request, byte** target);

    [DllImport(Library)]
    public static extern nint d2i_OCSP_RESPONSE(nint* reused, byte** octets, nint length);

    [DllImport(Library)]
    public static extern void OCSP_RESPONSE_free(nint response);

    [DllImport(Library)]
    public static extern int OCSP_response_status(nint response);

    [DllImport(Library)]
    public static extern nint OCSP_response_get1_basic(nint response);

    [DllImport(Library)]
    public static extern void OCSP_BASICRESP_free(nint basic);

    [DllImport(Library)]
    public static extern int OCSP_basic_verify(nint basic, nint certificates, nint store, nuint flags);

    [DllImport(Library)]
    public static extern int OCSP_resp_find_status(
        nint basic, nint id, int* status, int* reason, nint* revokedAt, nint* thisUpdate, nint* nextUpdate);

    [DllImport(Library)]
    public static extern int ASN1_TIME_to_tm(nint time, int* brokenDown);

    [DllImport(Library)]
    public static extern int X509_STORE_set_flags(nint store, nuint flags);

    [DllImport(Library)]
    public static extern void X509_STORE_free(nint store);

    [DllImport(Library)]
    public static extern nint OPENSSL_sk_new_null();

    [DllImport(Library)]
    public static extern int OPENSSL_sk_push(nint stack, nint item);

    [DllImport(Library)]
    public static extern void OPENSSL_sk_free(nint stack);
}
