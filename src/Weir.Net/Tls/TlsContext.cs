using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Exchanges;

namespace Weir.Net.Tls;

/// <summary>
/// An SSL_CTX of one loop: sessions are made from it on that loop only, so that its reference count and its locks are never shared.
/// Sessions keep what they need of it: it may be disposed while they live.
/// </summary>
public sealed unsafe class TlsContext : IDisposable
{
    // RFC 9325 section 4.2: forward secrecy and authenticated encryption only.
    private static ReadOnlySpan<byte> Ciphers12 =>
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"u8
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305\0"u8;

    private static ReadOnlySpan<byte> Ciphers13 => "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256\0"u8;

    // The hybrid group exists from OpenSSL 3.5 on; an older one refuses the list that names it.
    private static ReadOnlySpan<byte> GroupsHybrid => "X25519MLKEM768:X25519:P-256:P-384\0"u8;

    private static ReadOnlySpan<byte> Groups => "X25519:P-256:P-384\0"u8;

    private const int MostChain = 10;

    private readonly List<(nint Leaf, TlsStaple Staple)> _staples = [];
    private nint _handle;

    private TlsContext(nint handle) => _handle = handle;

    /// <summary>
    /// An origin that is gone gives its contexts back when nothing refers to them any more, whichever exchange was the last.
    /// </summary>
    ~TlsContext() => Free();

    /// <summary>Whether the machine's OpenSSL has X25519MLKEM768 (RFC 9794's hybrid of X25519 and ML-KEM).</summary>
    public bool HasHybridGroup { get; private set; }

    /// <summary>The site that it is for; null for a client's.</summary>
    public TlsPolicy? Policy { get; private init; }

    internal nint Handle => _handle;

    internal TlsTicketKeys? TicketKeys { get; private init; }

    internal TlsSessionCache? Resumable { get; private init; }

    /// <summary>A server's context. Null with what is wrong.</summary>
    public static TlsContext? ForServer(TlsServerOptions options, TlsTicketKeys tickets, out string problem)
    {
        TlsContext context = new(LibSsl.SSL_CTX_new(LibSsl.TLS_server_method()))
        {
            TicketKeys = tickets,
            Policy = options.Policy,
        };
        if (context.SetUp() && context.SetUpServer(options, out problem))
        {
            return context;
        }

        problem = TlsErrors.Take();
        context.Dispose();
        return null;
    }

    /// <summary>A client's context. Null with what is wrong.</summary>
    public static TlsContext? ForClient(TlsClientOptions options, out string problem)
    {
        TlsContext context = new(LibSsl.SSL_CTX_new(LibSsl.TLS_client_method())) { Resumable = new TlsSessionCache() };
        problem = "";
        if (context.SetUp() && context.SetUpClient(options, out problem))
        {
            return context;
        }

        problem = problem.Length > 0 ? problem : TlsErrors.Take();
        context.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        Resumable?.Dispose();
        LibSsl.SSL_CTX_free(_handle);
        _handle = 0;
    }

    /// <summary>The OCSP response for a certificate of the context; null: none.</summary>
    internal byte[]? StapleOf(nint leaf)
    {
        foreach ((nint own, TlsStaple staple) in _staples)
        {
            if (own == leaf)
            {
                return staple.Response;
            }
        }

        return null;
    }

    private bool SetUp()
    {
        if (_handle == 0)
        {
            return false;
        }

        Control(LibSsl.CtrlMode, (nint)(LibSsl.ModeAcceptMovingWriteBuffer | LibSsl.ModeReleaseBuffers));
        Control(LibSsl.CtrlReadAhead, 1);
        LibSsl.SSL_CTX_set_options(
            _handle, LibSsl.OptionNoRenegotiation | LibSsl.OptionNoCompression | LibSsl.OptionServerPreference | LibSsl.OptionPrioritizeChaCha);
        LibCrypto.ERR_clear_error();
        HasHybridGroup = SetGroups(GroupsHybrid);
        fixed (byte* ciphers12 = Ciphers12)
        fixed (byte* ciphers13 = Ciphers13)
        {
            return (HasHybridGroup || SetGroups(Groups))
                && Control(LibSsl.CtrlMinVersion, LibSsl.Tls12)
                && LibSsl.SSL_CTX_set_cipher_list(_handle, ciphers12) == 1
                && LibSsl.SSL_CTX_set_ciphersuites(_handle, ciphers13) == 1;
        }
    }

    private bool SetUpServer(TlsServerOptions options, out string problem)
    {
        problem = "";
        Control(LibSsl.CtrlSessionCacheMode, (nint)LibSsl.SessionCacheOff);
        LibSsl.SSL_CTX_set_alpn_select_cb(_handle, &TlsCallbacks.SelectProtocol, 0);
        _ = LibSsl.SSL_CTX_set_tlsext_ticket_key_evp_cb(_handle, &TlsCallbacks.UseTicketKey);
        delegate* unmanaged<nint, nint, int> staple = &TlsCallbacks.StapleStatus;
        LibSsl.SSL_CTX_callback_ctrl(_handle, LibSsl.CtrlStatusCallback, (nint)staple);

        if (options.Policy.TellsClientChain)
        {
            // A resumed session knows the client's own certificate, and nothing of how it was verified.
            LibSsl.SSL_CTX_set_options(_handle, LibSsl.OptionNoTicket);
            _ = LibSsl.SSL_CTX_set_num_tickets(_handle, 0);
        }

        // The last one set is the one for clients that can use any: the first of the list shall be.
        for (int i = options.Certificates.Count - 1; i >= 0; i--)
        {
            if (!Use(options.Certificates[i], options.IsStapled))
            {
                return false;
            }
        }

        return SetSessionId(options) && (options.ClientAuthorities is null || AskForCertificates(options));
    }

    private bool SetUpClient(TlsClientOptions options, out string problem)
    {
        problem = "";
        Control(LibSsl.CtrlSessionCacheMode, (nint)LibSsl.SessionCacheClientOnly);
        LibSsl.SSL_CTX_sess_set_new_cb(_handle, &TlsCallbacks.KeepSession);
        LibSsl.SSL_CTX_set_verify(_handle, options.IsInsecure ? LibSsl.VerifyNone : LibSsl.VerifyPeer, 0);
        if (options.Certificate is not null && !Use(options.Certificate, isStapled: false))
        {
            return false;
        }

        if (options.Authorities is not null)
        {
            return Trust(options.Authorities, isNamedToPeer: false, out problem);
        }

        LibSsl.SSL_CTX_set1_cert_store(_handle, SystemRoots.Store);
        return true;
    }

    private bool Use(TlsCertificate certificate, bool isStapled)
    {
        List<nint> chain = PemReader.Certificates(certificate.ChainPem, out _);
        nint key = PemReader.PrivateKey(certificate.KeyPem, out _);
        bool isUsed = chain.Count > 0 && key != 0 && LibSsl.SSL_CTX_use_certificate(_handle, chain[0]) == 1;
        for (int i = 1; isUsed && i < Math.Min(chain.Count, MostChain); i++)
        {
            isUsed = LibSsl.SSL_CTX_ctrl(_handle, LibSsl.CtrlChainCertificate, 1, (void*)chain[i]) == 1;
        }

        isUsed = isUsed && LibSsl.SSL_CTX_use_PrivateKey(_handle, key) == 1 && LibSsl.SSL_CTX_check_private_key(_handle) == 1;
        if (isUsed && isStapled)
        {
            // The context keeps the certificate itself, not a copy: by this pointer OpenSSL tells which one the client gets.
            _staples.Add((chain[0], certificate.Staple));
        }

        LibCrypto.EVP_PKEY_free(key);
        PemReader.Free(chain);
        return isUsed;
    }

    private bool AskForCertificates(TlsServerOptions options)
    {
        int mode = LibSsl.VerifyPeer | (options.RequiresClientCertificate ? LibSsl.VerifyFailWithoutCertificate : 0);
        LibSsl.SSL_CTX_set_verify(_handle, mode, 0);
        return Trust(options.ClientAuthorities, isNamedToPeer: true, out _);
    }

    private bool Trust(byte[]? authorities, bool isNamedToPeer, out string problem)
    {
        List<nint> trusted = PemReader.Certificates(authorities, out problem);
        bool isDone = trusted.Count > 0;
        nint store = LibSsl.SSL_CTX_get_cert_store(_handle);
        foreach (nint certificate in trusted)
        {
            isDone &= LibCrypto.X509_STORE_add_cert(store, certificate) == 1
                && (!isNamedToPeer || LibSsl.SSL_CTX_add_client_CA(_handle, certificate) == 1);
        }

        PemReader.Free(trusted);
        problem = isDone ? "" : problem;
        return isDone;
    }

    // RFC 8446 section 4.6.1 and semantics of client certificates: what was agreed under one policy must not be resumed under another.
    private bool SetSessionId(TlsServerOptions options)
    {
        Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Policy.Site}\0{options.Policy.Clients}"), id);
        fixed (byte* octets = id)
        {
            return LibSsl.SSL_CTX_set_session_id_context(_handle, octets, (uint)id.Length) == 1;
        }
    }

    private bool SetGroups(ReadOnlySpan<byte> list)
    {
        fixed (byte* names = list)
        {
            bool isKnown = LibSsl.SSL_CTX_ctrl(_handle, LibSsl.CtrlGroupsList, 0, names) == 1;
            LibCrypto.ERR_clear_error();
            return isKnown;
        }
    }

    private bool Control(int command, nint value) => LibSsl.SSL_CTX_ctrl(_handle, command, value, null) != 0;
}
