using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Weir.Net.Tls;

/// <summary>
/// Reads a ClientHello (RFC 8446 section 4.1.2) before OpenSSL sees it: which site is meant decides the context, and a connection that
/// never sends one whole costs no session. Pure; reads nothing beyond what it is given, and OpenSSL checks the rest.
/// </summary>
public static class ClientHelloReader
{
    /// <summary>The longest message that is read: with post-quantum key shares a ClientHello has some 2 KiB.</summary>
    public const int MostOctets = 16 * 1024;

    private const int RecordHeaderOctets = 5;
    private const int MessageHeaderOctets = 4;
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;
    private const ushort ServerNameExtension = 0;
    private const ushort AlpnExtension = 16;
    private const int MostHostOctets = 253;

    /// <summary>Looks for a whole ClientHello at the beginning of what was received.</summary>
    /// <param name="received">The first octets of the connection.</param>
    /// <param name="scratch">Room for a message that came in several records: <see cref="MostOctets"/>.</param>
    /// <param name="message">The message, in <paramref name="received"/> or in <paramref name="scratch"/>.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ClientHelloStatus Read(ReadOnlySpan<byte> received, Span<byte> scratch, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (received.IsEmpty)
        {
            return ClientHelloStatus.NeedMore;
        }

        if (received[0] != HandshakeRecord)
        {
            return LooksLikeHttp(received);
        }

        int gathered = 0;
        int at = 0;
        while (received.Length - at >= RecordHeaderOctets)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(received[(at + 3)..]);
            if (received[at] != HandshakeRecord || received[at + 1] != 3 || length is 0 or > MostOctets)
            {
                return ClientHelloStatus.Malformed;
            }

            int present = Math.Min(length, received.Length - at - RecordHeaderOctets);
            ReadOnlySpan<byte> part = received.Slice(at + RecordHeaderOctets, present);
            if (gathered + part.Length > Math.Min(scratch.Length, MostOctets))
            {
                return ClientHelloStatus.Malformed;
            }

            if (at == 0 && IsWhole(part, out message, out bool isMalformed))
            {
                return ClientHelloStatus.Complete;
            }

            part.CopyTo(scratch[gathered..]);
            gathered += part.Length;
            if (IsWhole(scratch[..gathered], out message, out isMalformed))
            {
                return ClientHelloStatus.Complete;
            }

            if (isMalformed)
            {
                return ClientHelloStatus.Malformed;
            }

            if (present < length)
            {
                return ClientHelloStatus.NeedMore;
            }

            at += RecordHeaderOctets + length;
        }

        return received.Length > MostOctets ? ClientHelloStatus.Malformed : ClientHelloStatus.NeedMore;
    }

    /// <summary>
    /// Finds what decides about the session. False: the message is broken. A server name that is no host name is left out.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out ClientHelloFacts facts)
    {
        facts = default;
        OctetReader reader = new(message);
        if (!reader.Skip(MessageHeaderOctets + 2 + 32)
            || !reader.TakeVector8(out _)
            || !reader.TakeVector16(out ReadOnlySpan<byte> ciphers)
            || ciphers.IsEmpty
            || !reader.TakeVector8(out ReadOnlySpan<byte> compressions)
            || compressions.IsEmpty)
        {
            return false;
        }

        if (reader.IsAtEnd)
        {
            return true;
        }

        if (!reader.TakeVector16(out ReadOnlySpan<byte> extensions) || !reader.IsAtEnd)
        {
            return false;
        }

        return ReadExtensions(extensions, ref facts);
    }

    private static bool ReadExtensions(ReadOnlySpan<byte> extensions, ref ClientHelloFacts facts)
    {
        OctetReader reader = new(extensions);
        bool hasName = false;
        bool hasAlpn = false;
        while (!reader.IsAtEnd)
        {
            if (!reader.TakeUInt16(out ushort type) || !reader.TakeVector16(out ReadOnlySpan<byte> content))
            {
                return false;
            }

            switch (type)
            {
                // RFC 8446 section 4.2: no extension twice.
                case ServerNameExtension when hasName:
                case AlpnExtension when hasAlpn:
                    return false;
                case ServerNameExtension:
                    hasName = true;
                    if (!ReadServerName(content, out ReadOnlySpan<byte> name))
                    {
                        return false;
                    }

                    facts = new ClientHelloFacts(name, facts.Protocols);
                    break;
                case AlpnExtension:
                    hasAlpn = true;
                    OctetReader list = new(content);
                    if (!list.TakeVector16(out ReadOnlySpan<byte> protocols) || protocols.IsEmpty || !list.IsAtEnd)
                    {
                        return false;
                    }

                    facts = new ClientHelloFacts(facts.ServerName, protocols);
                    break;
            }
        }

        return true;
    }

    // RFC 6066 section 3: a list of names with a type each, of which there is only one type and at most one name.
    private static bool ReadServerName(ReadOnlySpan<byte> content, out ReadOnlySpan<byte> name)
    {
        name = default;
        OctetReader reader = new(content);
        if (!reader.TakeVector16(out ReadOnlySpan<byte> list) || !reader.IsAtEnd)
        {
            return false;
        }

        OctetReader names = new(list);
        if (!names.TakeUInt8(out byte type) || type != 0 || !names.TakeVector16(out name) || !names.IsAtEnd || name.IsEmpty)
        {
            return false;
        }

        if (!IsHostName(name))
        {
            name = default;
        }

        return true;
    }

    private static bool IsHostName(ReadOnlySpan<byte> name)
    {
        if (name.Length > MostHostOctets)
        {
            return false;
        }

        foreach (byte octet in name)
        {
            bool isGood = char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'.' or (byte)'_';
            if (!isGood)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsWhole(ReadOnlySpan<byte> octets, out ReadOnlySpan<byte> message, out bool isMalformed)
    {
        message = default;
        isMalformed = !octets.IsEmpty && octets[0] != ClientHelloMessage;
        if (isMalformed || octets.Length < MessageHeaderOctets)
        {
            return false;
        }

        int length = MessageHeaderOctets + ((octets[1] << 16) | (octets[2] << 8) | octets[3]);
        isMalformed = length > MostOctets;
        if (isMalformed || octets.Length < length)
        {
            return false;
        }

        message = octets[..length];
        return true;
    }

    // A method is a token in upper case for all that is in use; no TLS record and no SSLv2 header begins with one.
    private static ClientHelloStatus LooksLikeHttp(ReadOnlySpan<byte> received)
    {
        foreach (byte octet in received[..Math.Min(received.Length, 16)])
        {
            if (octet == (byte)' ')
            {
                return ClientHelloStatus.PlainHttp;
            }

            if (!char.IsAsciiLetterUpper((char)octet) && octet != (byte)'-')
            {
                return ClientHelloStatus.Malformed;
            }
        }

        return received.Length >= 16 ? ClientHelloStatus.Malformed : ClientHelloStatus.NeedMore;
    }
}
