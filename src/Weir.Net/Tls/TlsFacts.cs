using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Weir.Net.Tls;

/// <summary>What a handshake agreed on. Reads from the session: valid until it is closed.</summary>
public readonly unsafe struct TlsFacts
{
    private static readonly ConcurrentDictionary<ushort, string> _cipherNames = new();

    private readonly nint _ssl;

    internal TlsFacts(nint ssl) => _ssl = ssl;

    /// <summary>"TLSv1.3" or "TLSv1.2".</summary>
    public string Version => LibSsl.SSL_version(_ssl) == LibSsl.Tls13 ? "TLSv1.3" : "TLSv1.2";

    /// <summary>The cipher suite by its registered name, such as "TLS_AES_128_GCM_SHA256".</summary>
    public string Cipher
    {
        get
        {
            nint cipher = LibSsl.SSL_get_current_cipher(_ssl);
            if (cipher == 0)
            {
                return "";
            }

            ushort id = LibSsl.SSL_CIPHER_get_protocol_id(cipher);
            if (_cipherNames.TryGetValue(id, out string? name))
            {
                return name;
            }

            // The peer picks from what we allow: a handful of names.
            return _cipherNames.GetOrAdd(id, Marshal.PtrToStringUTF8((nint)LibSsl.SSL_CIPHER_standard_name(cipher)) ?? "");
        }
    }

    /// <summary>Whether an earlier session was resumed.</summary>
    public bool IsResumed => LibSsl.SSL_session_reused(_ssl) == 1;

    /// <summary>The application protocol; none when the peer did not ask for one.</summary>
    public AlpnProtocols Protocol
    {
        get
        {
            byte* name;
            uint length;
            LibSsl.SSL_get0_alpn_selected(_ssl, &name, &length);
            ReadOnlySpan<byte> protocol = new(name, (int)length);
            return protocol.SequenceEqual("h2"u8) ? AlpnProtocols.Http2
                : protocol.SequenceEqual("http/1.1"u8) ? AlpnProtocols.Http1
                : protocol.SequenceEqual("acme-tls/1"u8) ? AlpnProtocols.AcmeChallenge : AlpnProtocols.None;
        }
    }

    /// <summary>The peer's certificate (DER), verified where verifying is on; null when it showed none.</summary>
    public byte[]? TakePeerCertificate()
    {
        nint certificate = LibSsl.SSL_get1_peer_certificate(_ssl);
        if (certificate == 0)
        {
            return null;
        }

        byte[] octets = Write(certificate);
        LibCrypto.X509_free(certificate);
        return octets;
    }

    /// <summary>
    /// The authorities (DER) by which the peer's certificate was verified, the one that signed it first, without the root, which signed
    /// itself; none after a resumed handshake.
    /// </summary>
    public IReadOnlyList<byte[]> TakeVerifiedChain()
    {
        nint chain = LibSsl.SSL_get0_verified_chain(_ssl);
        List<byte[]> authorities = [];
        for (int i = 1; chain != 0 && i < LibCrypto.OPENSSL_sk_num(chain); i++)
        {
            nint certificate = LibCrypto.OPENSSL_sk_value(chain, i);
            if (LibCrypto.X509_self_signed(certificate, 0) != 1)
            {
                authorities.Add(Write(certificate));
            }
        }

        return authorities;
    }

    private static byte[] Write(nint certificate)
    {
        byte[] octets = new byte[Math.Max(LibCrypto.i2d_X509(certificate, null), 0)];
        fixed (byte* start = octets)
        {
            byte* target = start;
            _ = LibCrypto.i2d_X509(certificate, &target);
        }

        return octets;
    }
}
