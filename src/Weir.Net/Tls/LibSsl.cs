// Hot: SSL_read and SSL_write carry every octet of a TLS connection.
using System.Runtime.InteropServices;

namespace Weir.Net.Tls;

/// <summary>
/// The calls into OpenSSL's libssl. None of them suppresses the transition: they call back, allocate, and may compute for a millisecond,
/// and a thread inside such a call would hold up a garbage collection.
/// </summary>
internal static unsafe class LibSsl
{
    public const string Library = "libssl.so.3";

    public const int ErrorSsl = 1;
    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorSyscall = 5;
    public const int ErrorZeroReturn = 6;

    public const int CtrlMode = 33;
    public const int CtrlReadAhead = 41;
    public const int CtrlSessionCacheMode = 44;
    public const int CtrlHostName = 55;
    public const int CtrlStatusCallback = 63;
    public const int CtrlStatusResponse = 71;
    public const int CtrlChainCertificate = 89;
    public const int CtrlGroupsList = 92;
    public const int CtrlMinVersion = 123;

    public const long ModeAcceptMovingWriteBuffer = 0x2;
    public const long ModeReleaseBuffers = 0x10;
    public const long SessionCacheOff = 0;
    public const long SessionCacheClientOnly = 0x1 | 0x300;

    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionPrioritizeChaCha = 1UL << 21;
    public const ulong OptionServerPreference = 1UL << 22;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    public const int VerifyNone = 0;
    public const int VerifyPeer = 1;
    public const int VerifyFailWithoutCertificate = 2;

    public const int Tls12 = 0x0303;
    public const int Tls13 = 0x0304;

    public const int AlpnOk = 0;
    public const int AlpnFatal = 2;
    public const int StatusOk = 0;
    public const int StatusNone = 3;

    [DllImport(Library)]
    public static extern nint TLS_server_method();

    [DllImport(Library)]
    public static extern nint TLS_client_method();

    [DllImport(Library)]
    public static extern nint SSL_CTX_new(nint method);

    [DllImport(Library)]
    public static extern void SSL_CTX_free(nint context);

    [DllImport(Library)]
    public static extern nint SSL_CTX_ctrl(nint context, int command, nint value, void* pointer);

    [DllImport(Library)]
    public static extern nint SSL_CTX_callback_ctrl(nint context, int command, nint callback);

    [DllImport(Library)]
    public static extern ulong SSL_CTX_set_options(nint context, ulong options);

    [DllImport(Library)]
    public static extern int SSL_CTX_use_certificate(nint context, nint certificate);

    [DllImport(Library)]
    public static extern int SSL_CTX_use_PrivateKey(nint context, nint key);

    [DllImport(Library)]
    public static extern int SSL_CTX_check_private_key(nint context);

    [DllImport(Library)]
    public static extern int SSL_CTX_set_cipher_list(nint context, byte* list);

    [DllImport(Library)]
    public static extern int SSL_CTX_set_ciphersuites(nint context, byte* list);

    [DllImport(Library)]
    public static extern void SSL_CTX_set_verify(nint context, int mode, nint callback);

    [DllImport(Library)]
    public static extern void SSL_CTX_set_verify_depth(nint context, int depth);

    [DllImport(Library)]
    public static extern void SSL_CTX_set1_cert_store(nint context, nint store);

    [DllImport(Library)]
    public static extern nint SSL_CTX_get_cert_store(nint context);

    [DllImport(Library)]
    public static extern int SSL_CTX_add_client_CA(nint context, nint certificate);

    [DllImport(Library)]
    public static extern int SSL_CTX_set_session_id_context(nint context, byte* id, uint length);

    [DllImport(Library)]
    public static extern void SSL_CTX_set_alpn_select_cb(
        nint context, delegate* unmanaged<nint, byte**, byte*, byte*, uint, nint, int> callback, nint argument);

    [DllImport(Library)]
    public static extern int SSL_set_alpn_protos(nint ssl, byte* protocols, uint length);

    [DllImport(Library)]
    public static extern int SSL_CTX_set_tlsext_ticket_key_evp_cb(
        nint context, delegate* unmanaged<nint, byte*, byte*, nint, nint, int, int> callback);

    [DllImport(Library)]
    public static extern void SSL_CTX_sess_set_new_cb(nint context, delegate* unmanaged<nint, nint, int> callback);

    [DllImport(Library)]
    public static extern nint SSL_new(nint context);

    [DllImport(Library)]
    public static extern void SSL_free(nint ssl);

    [DllImport(Library)]
    public static extern void SSL_set_bio(nint ssl, nint read, nint write);

    [DllImport(Library)]
    public static extern void SSL_set_accept_state(nint ssl);

    [DllImport(Library)]
    public static extern void SSL_set_connect_state(nint ssl);

    [DllImport(Library)]
    public static extern nint SSL_ctrl(nint ssl, int command, nint value, void* pointer);

    [DllImport(Library)]
    public static extern int SSL_do_handshake(nint ssl);

    [DllImport(Library)]
    public static extern int SSL_read(nint ssl, byte* target, int length);

    [DllImport(Library)]
    public static extern int SSL_peek(nint ssl, byte* target, int length);

    [DllImport(Library)]
    public static extern int SSL_write(nint ssl, byte* source, int length);

    [DllImport(Library)]
    public static extern int SSL_has_pending(nint ssl);

    [DllImport(Library)]
    public static extern int SSL_get_error(nint ssl, int result);

    [DllImport(Library)]
    public static extern int SSL_shutdown(nint ssl);

    [DllImport(Library)]
    public static extern int SSL_version(nint ssl);

    [DllImport(Library)]
    public static extern nint SSL_get_current_cipher(nint ssl);

    [DllImport(Library)]
    public static extern byte* SSL_CIPHER_standard_name(nint cipher);

    [DllImport(Library)]
    public static extern ushort SSL_CIPHER_get_protocol_id(nint cipher);

    [DllImport(Library)]
    public static extern int SSL_session_reused(nint ssl);

    [DllImport(Library)]
    public static extern void SSL_get0_alpn_selected(nint ssl, byte** protocol, uint* length);

    [DllImport(Library)]
    public static extern nint SSL_get_certificate(nint ssl);

    [DllImport(Library)]
    public static extern nint SSL_get1_peer_certificate(nint ssl);

    [DllImport(Library)]
    public static extern nint SSL_get0_verified_chain(nint ssl);

    [DllImport(Library)]
    public static extern int SSL_CTX_set_num_tickets(nint context, nuint tickets);

    [DllImport(Library)]
    public static extern int SSL_get_verify_result(nint ssl);

    [DllImport(Library)]
    public static extern int SSL_set1_host(nint ssl, byte* name);

    [DllImport(Library)]
    public static extern nint SSL_get0_param(nint ssl);

    [DllImport(Library)]
    public static extern int SSL_set_session(nint ssl, nint session);

    [DllImport(Library)]
    public static extern void SSL_SESSION_free(nint session);

    [DllImport(Library)]
    public static extern int SSL_SESSION_is_resumable(nint session);
}
