using System.Runtime.InteropServices;

namespace Weir.Net.Tls;

/// <summary>What OpenSSL asks during a handshake. Always on behalf of the session that the calling thread works on.</summary>
internal static unsafe class TlsCallbacks
{
    private const int TicketError = -1;
    private const int TicketUnknown = 0;
    private const int TicketGood = 1;
    private const int TicketGoodButOld = 2;
    private const uint ParameterText = 4;
    private const uint ParameterOctets = 5;
    private const int CipherBlockOctets = 16;

    private static readonly nint _aes256 = LibCrypto.EVP_aes_256_cbc();

    /// <summary>RFC 7301 section 3.2: the server's preference decides; nothing in common is fatal.</summary>
    [UnmanagedCallersOnly]
    public static int SelectProtocol(nint ssl, byte** selected, byte* selectedLength, byte* offered, uint offeredLength, nint argument)
    {
        TlsSession? session = TlsScratch.Current.Session;
        ReadOnlySpan<byte> list = new(offered, (int)offeredLength);
        AlpnProtocols allowed = session?.Protocols ?? AlpnProtocols.None;
        int at = allowed.HasFlag(AlpnProtocols.AcmeChallenge) ? AlpnList.Find(list, "acme-tls/1"u8) : -1;
        if (at < 0 && allowed.HasFlag(AlpnProtocols.Http2))
        {
            at = AlpnList.Find(list, "h2"u8);
        }

        if (at < 0 && allowed.HasFlag(AlpnProtocols.Http1))
        {
            at = AlpnList.Find(list, "http/1.1"u8);
        }

        if (at < 0)
        {
            return LibSsl.AlpnFatal;
        }

        // The answer may point into the offer.
        *selected = offered + at + 1;
        *selectedLength = offered[at];
        return LibSsl.AlpnOk;
    }

    /// <summary>Names and prepares the key of a ticket that is sealed or opened.</summary>
    [UnmanagedCallersOnly]
    public static int UseTicketKey(nint ssl, byte* name, byte* iv, nint cipher, nint mac, int isSealing)
    {
        try
        {
            TlsTicketKey[]? keys = TlsScratch.Current.Session?.Context.TicketKeys?.Keys;
            if (keys is null)
            {
                return TicketError;
            }

            return isSealing != 0 ? Seal(keys[0], name, iv, cipher, mac) : Open(keys, name, iv, cipher, mac);
        }
        catch (Exception exception)
        {
            TlsScratch.Current.Session?.Loop.ReportFailure(exception);
            return TicketError;
        }
    }

    /// <summary>An origin gave a session that can be resumed: 1 keeps the reference.</summary>
    [UnmanagedCallersOnly]
    public static int KeepSession(nint ssl, nint resumable)
    {
        TlsSessionCache? cache = TlsScratch.Current.Session?.Context.Resumable;
        return cache is not null && cache.Put(resumable) ? 1 : 0;
    }

    /// <summary>Gives OpenSSL a copy of the OCSP response to staple (RFC 6066 section 8).</summary>
    [UnmanagedCallersOnly]
    public static int StapleStatus(nint ssl, nint argument)
    {
        byte[]? response = TlsScratch.Current.Session?.Context.StapleOf(LibSsl.SSL_get_certificate(ssl));
        if (response is null)
        {
            return LibSsl.StatusNone;
        }

        byte* copy = (byte*)LibCrypto.CRYPTO_malloc((nuint)response.Length, null, 0);
        if (copy is null)
        {
            return LibSsl.StatusNone;
        }

        response.CopyTo(new Span<byte>(copy, response.Length));
        if (LibSsl.SSL_ctrl(ssl, LibSsl.CtrlStatusResponse, response.Length, copy) == 1)
        {
            return LibSsl.StatusOk;
        }

        LibCrypto.CRYPTO_free(copy, null, 0);
        return LibSsl.StatusNone;
    }

    private static int Seal(TlsTicketKey key, byte* name, byte* iv, nint cipher, nint mac)
    {
        key.Name.CopyTo(new Span<byte>(name, TlsTicketKey.NameOctets));
        if (LibCrypto.RAND_bytes(iv, CipherBlockOctets) != 1)
        {
            return TicketError;
        }

        fixed (byte* secret = key.CipherKey)
        {
            return LibCrypto.EVP_EncryptInit_ex(cipher, _aes256, 0, secret, iv) == 1 && Authenticate(key, mac) ? TicketGood : TicketError;
        }
    }

    private static int Open(TlsTicketKey[] keys, byte* name, byte* iv, nint cipher, nint mac)
    {
        ReadOnlySpan<byte> wanted = new(name, TlsTicketKey.NameOctets);
        for (int i = 0; i < keys.Length; i++)
        {
            TlsTicketKey key = keys[i];
            if (!key.Name.SequenceEqual(wanted))
            {
                continue;
            }

            fixed (byte* secret = key.CipherKey)
            {
                bool isReady = LibCrypto.EVP_DecryptInit_ex(cipher, _aes256, 0, secret, iv) == 1 && Authenticate(key, mac);
                return !isReady ? TicketError : i == 0 ? TicketGood : TicketGoodButOld;
            }
        }

        return TicketUnknown;
    }

    private static bool Authenticate(TlsTicketKey key, nint mac)
    {
        LibCrypto.Parameter* parameters = stackalloc LibCrypto.Parameter[3];
        fixed (byte* keyName = "key\0"u8)
        fixed (byte* digestName = "digest\0"u8)
        fixed (byte* digest = "SHA256\0"u8)
        fixed (byte* secret = key.AuthenticationKey)
        {
            parameters[0] = new() { Key = keyName, Type = ParameterOctets, Value = secret, Length = TlsTicketKey.SecretOctets };
            parameters[1] = new() { Key = digestName, Type = ParameterText, Value = digest, Length = 6 };
            parameters[2] = default;
            return LibCrypto.EVP_MAC_CTX_set_params(mac, parameters) == 1;
        }
    }
}
