using System.Runtime.InteropServices;

namespace Weir.Net.Tls;

/// <summary>What OpenSSL's error queue says.</summary>
internal static unsafe class TlsErrors
{
    // sslerr.h; a fatal alert of the peer is 1000 and its number (RFC 8446 section 6).
    private const int AlertBase = 1000;
    private const int AlertEnd = 1256;
    private const int SslLibrary = 20;

    /// <summary>
    /// The category of what the queue says: the newest error is TLS's own, and those before it are how a signature or a number failed.
    /// </summary>
    public static TlsFailure Category() => Reason(Decisive()) switch
    {
        0 => TlsFailure.PeerGone,
        258 or 396 or 267 or 191 => TlsFailure.Version,
        193 or 101 or 118 or 185 or 304 or 376 or 360 => TlsFailure.Parameters,
        235 => TlsFailure.ApplicationProtocol,
        199 => TlsFailure.CertificateMissing,
        134 => TlsFailure.CertificateRefused,
        294 => TlsFailure.PeerGone,
        >= AlertBase and < AlertEnd => TlsFailure.PeerAlert,
        _ => TlsFailure.Protocol,
    };

    /// <summary>The error that decides, in words, and empties the queue.</summary>
    public static string Take()
    {
        nuint error = Decisive();
        LibCrypto.ERR_clear_error();
        return error == 0
            ? "no reason given"
            : Marshal.PtrToStringUTF8((nint)LibCrypto.ERR_reason_error_string(error)) ?? $"error {error:x}";
    }

    /// <summary>Why a peer's certificate was refused, in words.</summary>
    public static string OfVerification(nint ssl) =>
        Marshal.PtrToStringUTF8((nint)LibCrypto.X509_verify_cert_error_string(LibSsl.SSL_get_verify_result(ssl))) ?? "it cannot be verified";

    private static nuint Decisive()
    {
        nuint newest = LibCrypto.ERR_peek_last_error();
        return (int)((newest >> 23) & 0xFF) == SslLibrary ? newest : LibCrypto.ERR_peek_error();
    }

    private static int Reason(nuint error) => (int)(error & 0x7FFFFF);
}
