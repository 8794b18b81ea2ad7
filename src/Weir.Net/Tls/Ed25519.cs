using System.Runtime.InteropServices;

namespace Weir.Net.Tls;

/// <summary>Signatures of Ed25519 (RFC 8032), by OpenSSL. Control plane, or rarely: a check takes some 0.1 ms.</summary>
public static unsafe class Ed25519
{
    private const int KeyOctets = 32;
    private const int SignatureOctets = 64;

    // NID_ED25519 of OpenSSL's obj_mac.h, which never changes.
    private const int Type = 1087;

    /// <summary>Whether a signature is that of a key; false too for what is no key, or no signature.</summary>
    public static bool Verifies(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeyOctets || signature.Length != SignatureOctets || OpenSsl.Problem is not null)
        {
            return false;
        }

        LibCrypto.ERR_clear_error();
        nint key = 0;
        nint digest = 0;
        try
        {
            fixed (byte* keyOctets = publicKey)
            {
                key = EVP_PKEY_new_raw_public_key(Type, 0, keyOctets, KeyOctets);
            }

            digest = key == 0 ? 0 : EVP_MD_CTX_new();
            if (digest == 0 || EVP_DigestVerifyInit(digest, 0, 0, 0, key) != 1)
            {
                return false;
            }

            // An empty span has no address, and OpenSSL wants one.
            byte nothing = 0;
            fixed (byte* text = message, seal = signature)
            {
                return EVP_DigestVerify(digest, seal, SignatureOctets, text == null ? &nothing : text, (nuint)message.Length) == 1;
            }
        }
        finally
        {
            EVP_MD_CTX_free(digest);
            LibCrypto.EVP_PKEY_free(key);
            LibCrypto.ERR_clear_error();
        }
    }

    [DllImport(LibCrypto.Library)]
    private static extern nint EVP_PKEY_new_raw_public_key(int type, nint engine, byte* key, nuint length);

    [DllImport(LibCrypto.Library)]
    private static extern nint EVP_MD_CTX_new();

    [DllImport(LibCrypto.Library)]
    private static extern void EVP_MD_CTX_free(nint digest);

    [DllImport(LibCrypto.Library)]
    private static extern int EVP_DigestVerifyInit(nint digest, nint keyDigest, nint type, nint engine, nint key);

    [DllImport(LibCrypto.Library)]
    private static extern int EVP_DigestVerify(nint digest, byte* signature, nuint signatureLength, byte* message, nuint length);
}
