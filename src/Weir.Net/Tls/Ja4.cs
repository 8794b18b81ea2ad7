using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Net.Tls;

/// <summary>
/// The fingerprint JA4 of a ClientHello: what kind of program a client is, by the versions, suites and extensions that its TLS library
/// offers. Values that clients strew in to keep servers tolerant (GREASE, RFC 8701) are left out, and lists are sorted, because browsers
/// shuffle them.
/// </summary>
public static class Ja4
{
    private const int MessageHeaderOctets = 4;
    private const int RandomOctets = 32;
    private const int HashCharacters = 12;
    private const int MostCounted = 99;
    private const ushort ServerName = 0x0000;
    private const ushort SignatureAlgorithms = 0x000D;
    private const ushort Alpn = 0x0010;
    private const ushort SupportedVersions = 0x002B;
    private const string NoHash = "000000000000";

    /// <summary>The fingerprint of a handshake message; null when it is malformed.</summary>
    public static string? Of(ReadOnlySpan<byte> message)
    {
        OctetReader reader = new(message);
        if (!reader.Skip(MessageHeaderOctets) || !reader.TakeUInt16(out ushort version) || !reader.Skip(RandomOctets)
            || !reader.TakeVector8(out _) || !reader.TakeVector16(out ReadOnlySpan<byte> suites) || !reader.TakeVector8(out _))
        {
            return null;
        }

        Offer offer = new() { Version = version };
        ReadNumbers(suites, offer.Suites);
        if (!reader.IsAtEnd && (!reader.TakeVector16(out ReadOnlySpan<byte> extensions) || !ReadExtensions(extensions, offer)))
        {
            return null;
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"t{Word(offer.Version)}{(offer.Extensions.Contains(ServerName) ? 'd' : 'i')}{Math.Min(offer.Suites.Count, MostCounted):D2}{Math.Min(offer.Extensions.Count, MostCounted):D2}{offer.Protocol}_{HashOf(offer.Suites)}_{HashOf(offer)}");
    }

    private static bool ReadExtensions(ReadOnlySpan<byte> extensions, Offer offer)
    {
        OctetReader reader = new(extensions);
        while (!reader.IsAtEnd)
        {
            if (!reader.TakeUInt16(out ushort type) || !reader.TakeVector16(out ReadOnlySpan<byte> content))
            {
                return false;
            }

            if (IsGrease(type))
            {
                continue;
            }

            offer.Extensions.Add(type);
            OctetReader inner = new(content);
            switch (type)
            {
                case SupportedVersions when inner.TakeVector8(out ReadOnlySpan<byte> versions):
                    List<ushort> known = [];
                    ReadNumbers(versions, known);
                    offer.Version = known.Count > 0 ? known.Max() : offer.Version;
                    break;
                case SignatureAlgorithms when inner.TakeVector16(out ReadOnlySpan<byte> algorithms):
                    ReadNumbers(algorithms, offer.Signatures);
                    break;
                case Alpn when inner.TakeVector16(out ReadOnlySpan<byte> protocols):
                    OctetReader names = new(protocols);
                    offer.Protocol = names.TakeVector8(out ReadOnlySpan<byte> first) && !first.IsEmpty ? Ends(first) : offer.Protocol;
                    break;
            }
        }

        return true;
    }

    private static void ReadNumbers(ReadOnlySpan<byte> octets, List<ushort> numbers)
    {
        OctetReader reader = new(octets);
        while (reader.TakeUInt16(out ushort number))
        {
            if (!IsGrease(number))
            {
                numbers.Add(number);
            }
        }
    }

    private static bool IsGrease(ushort number) => (number & 0x0F0F) == 0x0A0A && number >> 8 == (number & 0xFF);

    private static string Word(ushort version) => version switch
    {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        _ => "00",
    };

    private static string Ends(ReadOnlySpan<byte> name)
    {
        char first = (char)name[0];
        char last = (char)name[^1];
        return char.IsAsciiLetterOrDigit(first) && char.IsAsciiLetterOrDigit(last)
            ? $"{first}{last}"
            : $"{name[0]:x2}"[..1] + $"{name[^1]:x2}"[1..];
    }

    private static string HashOf(List<ushort> numbers) => numbers.Count == 0 ? NoHash : Hash(Join(numbers.Order()));

    private static string HashOf(Offer offer)
    {
        if (offer.Extensions.Count == 0)
        {
            return NoHash;
        }

        string extensions = Join(offer.Extensions.Where(type => type is not (ServerName or Alpn)).Order());
        return Hash(offer.Signatures.Count == 0 ? extensions : $"{extensions}_{Join(offer.Signatures)}");
    }

    private static string Join(IEnumerable<ushort> numbers) =>
        string.Join(',', numbers.Select(number => number.ToString("x4", CultureInfo.InvariantCulture)));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..HashCharacters];

    private sealed class Offer
    {
        public ushort Version { get; set; }

        public string Protocol { get; set; } = "00";

        public List<ushort> Suites { get; } = [];

        public List<ushort> Extensions { get; } = [];

        public List<ushort> Signatures { get; } = [];
    }
}
