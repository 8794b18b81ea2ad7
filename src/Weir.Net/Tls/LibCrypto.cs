using System.Runtime.InteropServices;

namespace Weir.Net.Tls;

/// <summary>The calls into OpenSSL's libcrypto: errors, BIOs, PEM, certificates, the ciphers of session tickets.</summary>
internal static unsafe class LibCrypto
{
    public const string Library = "libcrypto.so.3";

    public const int BioTypeSourceSink = 0x400;
    public const int BioFlagRead = 0x01;
    public const int BioFlagRetry = 0x08;
    public const int BioCtrlEof = 2;
    public const int BioCtrlFlush = 11;

    [DllImport(Library)]
    public static extern uint OPENSSL_version_major();

    [DllImport(Library)]
    public static extern uint OPENSSL_version_minor();

    [DllImport(Library)]
    public static extern byte* OpenSSL_version(int type);

    [DllImport(Library)]
    public static extern void ERR_clear_error();

    [DllImport(Library)]
    public static extern nuint ERR_peek_error();

    [DllImport(Library)]
    public static extern nuint ERR_peek_last_error();

    [DllImport(Library)]
    public static extern byte* ERR_reason_error_string(nuint error);

    [DllImport(Library)]
    public static extern int BIO_get_new_index();

    [DllImport(Library)]
    public static extern nint BIO_meth_new(int type, byte* name);

    [DllImport(Library)]
    public static extern int BIO_meth_set_read(nint method, delegate* unmanaged<nint, byte*, int, int> callback);

    [DllImport(Library)]
    public static extern int BIO_meth_set_write(nint method, delegate* unmanaged<nint, byte*, int, int> callback);

    [DllImport(Library)]
    public static extern int BIO_meth_set_ctrl(nint method, delegate* unmanaged<nint, int, nint, void*, nint> callback);

    [DllImport(Library)]
    public static extern nint BIO_new(nint method);

    [DllImport(Library)]
    public static extern void BIO_set_init(nint bio, int isReady);

    [DllImport(Library)]
    public static extern void BIO_set_flags(nint bio, int flags);

    [DllImport(Library)]
    public static extern void BIO_clear_flags(nint bio, int flags);

    [DllImport(Library)]
    public static extern nint BIO_new_mem_buf(byte* octets, int length);

    [DllImport(Library)]
    public static extern int BIO_free(nint bio);

    [DllImport(Library)]
    public static extern nint PEM_read_bio_X509(nint bio, nint* reused, nint callback, nint argument);

    [DllImport(Library)]
    public static extern nint PEM_read_bio_PrivateKey(
        nint bio, nint* reused, delegate* unmanaged<byte*, int, int, nint, int> callback, nint argument);

    [DllImport(Library)]
    public static extern void X509_free(nint certificate);

    [DllImport(Library)]
    public static extern int X509_check_private_key(nint certificate, nint key);

    [DllImport(Library)]
    public static extern int i2d_X509(nint certificate, byte** target);

    [DllImport(Library)]
    public static extern int X509_self_signed(nint certificate, int verifySignature);

    [DllImport(Library)]
    public static extern int OPENSSL_sk_num(nint stack);

    [DllImport(Library)]
    public static extern nint OPENSSL_sk_value(nint stack, int index);

    [DllImport(Library)]
    public static extern int X509_STORE_add_cert(nint store, nint certificate);

    [DllImport(Library)]
    public static extern nint X509_STORE_new();

    [DllImport(Library)]
    public static extern int X509_STORE_set_default_paths(nint store);

    [DllImport(Library)]
    public static extern byte* X509_verify_cert_error_string(nint code);

    [DllImport(Library)]
    public static extern int X509_VERIFY_PARAM_set1_ip(nint parameters, byte* address, nuint length);

    [DllImport(Library)]
    public static extern void EVP_PKEY_free(nint key);

    [DllImport(Library)]
    public static extern nint EVP_aes_256_cbc();

    [DllImport(Library)]
    public static extern int EVP_EncryptInit_ex(nint cipher, nint type, nint engine, byte* key, byte* iv);

    [DllImport(Library)]
    public static extern int EVP_DecryptInit_ex(nint cipher, nint type, nint engine, byte* key, byte* iv);

    [DllImport(Library)]
    public static extern int EVP_MAC_CTX_set_params(nint mac, Parameter* parameters);

    [DllImport(Library)]
    public static extern int RAND_bytes(byte* target, int length);

    [DllImport(Library)]
    public static extern void* CRYPTO_malloc(nuint length, byte* file, int line);

    [DllImport(Library)]
    public static extern void CRYPTO_free(void* octets, byte* file, int line);

    /// <summary>OSSL_PARAM.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Parameter
    {
        public byte* Key;
        public uint Type;
        public void* Value;
        public nuint Length;
        public nuint ReturnLength;
    }
}
