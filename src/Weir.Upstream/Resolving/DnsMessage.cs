using System.Buffers.Binary;
using System.Diagnostics;
using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>An answer that was read, and the codec of RFC 1035 section 4 with EDNS (RFC 6891): pure functions.</summary>
internal sealed class DnsMessage
{
    /// <summary>Octets of datagram that we take: what passes every path unfragmented (DNS flag day 2020).</summary>
    public const int UdpSize = 1232;

    /// <summary>Enough room for any query: header, longest name, type and class, EDNS.</summary>
    public const int MaxQueryLength = 12 + 255 + 4 + 11;

    private const int HeaderLength = 12;
    private const ushort ClassInternet = 1;

    // The smallest record: root name, type, class, TTL, length.
    private const int MinRecordLength = 11;

    private readonly List<DnsRecord> _answers = [];
    private readonly List<DnsRecord> _authorities = [];

    private DnsMessage()
    {
    }

    /// <summary>With the upper bits that EDNS adds.</summary>
    public DnsResponseCode Code { get; private set; }

    /// <summary>TC: the message did not fit; nothing but header and question was read.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>AA: the server owns the zone.</summary>
    public bool IsAuthoritative { get; private set; }

    /// <summary>RA: the server asks others on our behalf.</summary>
    public bool IsRecursive { get; private set; }

    /// <summary>Whether the server spoke EDNS.</summary>
    public bool HasEdns { get; private set; }

    /// <summary>A, AAAA, CNAME and SRV records of class IN in the answer section, in the server's order.</summary>
    public IReadOnlyList<DnsRecord> Answers => _answers;

    /// <summary>SOA and NS records of the authority section.</summary>
    public IReadOnlyList<DnsRecord> Authorities => _authorities;

    /// <summary>Writes a query; returns its length.</summary>
    /// <param name="destination">At least <see cref="MaxQueryLength"/> octets.</param>
    /// <param name="id">Unpredictable, new for each query (RFC 5452 section 9.2).</param>
    /// <param name="question">A normalized name and a type.</param>
    /// <param name="hasEdns">Whether to tell the server that we take <see cref="UdpSize"/> octets.</param>
    /// <param name="wantsAuthenticData">Sets AD (resolv.conf's trust-ad).</param>
    public static int WriteQuery(Span<byte> destination, ushort id, DnsQuestion question, bool hasEdns, bool wantsAuthenticData)
    {
        destination[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination, id);
        destination[2] = 0x01;
        destination[3] = (byte)(wantsAuthenticData ? 0x20 : 0);
        destination[5] = 1;
        int at = WriteName(destination, HeaderLength, question.Name);
        BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)question.Type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 2)..], ClassInternet);
        at += 4;
        if (!hasEdns)
        {
            return at;
        }

        destination[11] = 1;
        destination.Slice(at, MinRecordLength).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 1)..], (ushort)DnsType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 3)..], UdpSize);
        return at + MinRecordLength;
    }

    /// <summary>Reads the answer to the query with this identifier and question; anything else is a defect.</summary>
    public static DnsDefect TryRead(ReadOnlySpan<byte> octets, ushort id, DnsQuestion question, out DnsMessage? message)
    {
        message = null;
        if (octets.Length < HeaderLength)
        {
            return DnsDefect.TooShort;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(octets) != id)
        {
            return DnsDefect.WrongId;
        }

        // QR must be set and the operation a standard query.
        if ((octets[2] & 0xF8) != 0x80)
        {
            return DnsDefect.NotAnAnswer;
        }

        DnsMessage read = new()
        {
            Code = (DnsResponseCode)(octets[3] & 0x0F),
            IsTruncated = (octets[2] & 0x02) != 0,
            IsAuthoritative = (octets[2] & 0x04) != 0,
            IsRecursive = (octets[3] & 0x80) != 0,
        };
        DnsReader reader = new(octets);
        reader.TryReadOctets(HeaderLength, out ReadOnlySpan<byte> header);
        if (!read.TryReadQuestion(ref reader, header, question) || !read.TryReadSections(ref reader, header, octets.Length))
        {
            return reader.Defect;
        }

        message = read;
        return DnsDefect.None;
    }

    private static int WriteName(Span<byte> destination, int at, string name)
    {
        int lengthAt = at++;
        foreach (char c in name)
        {
            if (c == '.')
            {
                destination[lengthAt] = (byte)(at - lengthAt - 1);
                lengthAt = at++;
                continue;
            }

            Debug.Assert(char.IsAscii(c), "Names are normalized before they are asked for.");
            destination[at++] = (byte)c;
        }

        destination[lengthAt] = (byte)(at - lengthAt - 1);
        destination[at++] = 0;
        return at;
    }

    private bool TryReadQuestion(ref DnsReader reader, ReadOnlySpan<byte> header, DnsQuestion question)
    {
        int count = BinaryPrimitives.ReadUInt16BigEndian(header[4..]);

        // A server that cannot read a query repeats nothing of it. Such an answer brings no data, only the wish to ask another way.
        if (count == 0 && Code is not (DnsResponseCode.NoError or DnsResponseCode.NoName))
        {
            return true;
        }

        if (count != 1)
        {
            return reader.Fail(DnsDefect.WrongQuestion);
        }

        if (!reader.TryReadName(out string name) || !reader.TryReadUInt16(out ushort type) || !reader.TryReadUInt16(out ushort kind))
        {
            return false;
        }

        bool isName = string.Equals(name, question.Name, StringComparison.Ordinal);
        return (isName && type == (ushort)question.Type && kind == ClassInternet) || reader.Fail(DnsDefect.WrongQuestion);
    }

    private bool TryReadSections(ref DnsReader reader, ReadOnlySpan<byte> header, int length)
    {
        // RFC 2181 section 9: what came with TC is not to be used; the server may have cut inside a record set.
        if (IsTruncated)
        {
            return true;
        }

        int answers = BinaryPrimitives.ReadUInt16BigEndian(header[6..]);
        int authorities = BinaryPrimitives.ReadUInt16BigEndian(header[8..]);
        int additionals = BinaryPrimitives.ReadUInt16BigEndian(header[10..]);
        if ((answers + authorities + additionals) * MinRecordLength > length - reader.Position)
        {
            return reader.Fail(DnsDefect.ImpossibleCount);
        }

        return TryReadRecords(ref reader, answers, _answers)
            && TryReadRecords(ref reader, authorities, _authorities)
            && TryReadAdditionals(ref reader, additionals)
            && (reader.IsAtEnd || reader.Fail(DnsDefect.TrailingOctets));
    }

    private static bool TryReadRecords(ref DnsReader reader, int count, List<DnsRecord> records)
    {
        for (int i = 0; i < count; i++)
        {
            if (!TryReadHead(ref reader, out string name, out DnsType type, out ushort kind, out uint ttl, out int end))
            {
                return false;
            }

            if (type == DnsType.Opt)
            {
                return reader.Fail(DnsDefect.BadEdns);
            }

            DnsRecord record = new(name, type, ttl > int.MaxValue ? 0 : ttl);
            if (kind != ClassInternet || !IsRead(type))
            {
                reader.TryReadOctets(end - reader.Position, out _);
                continue;
            }

            if (!TryReadContent(ref reader, end, ref record))
            {
                return false;
            }

            records.Add(record);
        }

        return true;
    }

    // RFC 2181 section 5.4.1: additional records are never used as data; whoever answers for a name need not be believed about others.
    private bool TryReadAdditionals(ref DnsReader reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!TryReadHead(ref reader, out string name, out DnsType type, out _, out uint ttl, out int end))
            {
                return false;
            }

            reader.TryReadOctets(end - reader.Position, out _);
            if (type != DnsType.Opt)
            {
                continue;
            }

            if (HasEdns || name.Length > 0)
            {
                return reader.Fail(DnsDefect.BadEdns);
            }

            HasEdns = true;

            // RFC 6891 section 6.1.3: the upper eight bits of a twelve-bit code.
            Code = (DnsResponseCode)((int)Code | (int)((ttl >> 24) << 4));
        }

        return true;
    }

    private static bool TryReadHead(
        ref DnsReader reader, out string name, out DnsType type, out ushort kind, out uint ttl, out int end)
    {
        type = default;
        kind = 0;
        ttl = 0;
        end = 0;
        if (!reader.TryReadName(out name)
            || !reader.TryReadUInt16(out ushort typeCode)
            || !reader.TryReadUInt16(out kind)
            || !reader.TryReadUInt32(out ttl)
            || !reader.TryReadUInt16(out ushort length))
        {
            return false;
        }

        type = (DnsType)typeCode;
        DnsReader ahead = reader;
        if (!ahead.TryReadOctets(length, out _))
        {
            return reader.Fail(DnsDefect.CutShort);
        }

        end = ahead.Position;
        return true;
    }

    private static bool IsRead(DnsType type) =>
        type is DnsType.A or DnsType.Aaaa or DnsType.CName or DnsType.Srv or DnsType.Soa or DnsType.Ns;

    private static bool TryReadContent(ref DnsReader reader, int end, ref DnsRecord record)
    {
        bool isRead = record.Type switch
        {
            DnsType.A => TryReadAddress(ref reader, end, 4, ref record),
            DnsType.Aaaa => TryReadAddress(ref reader, end, 16, ref record),
            DnsType.Srv => TryReadServer(ref reader, ref record),
            DnsType.Soa => TryReadZone(ref reader, ref record),
            _ => TryReadTarget(ref reader, ref record),
        };
        return isRead && (reader.Position == end || reader.Fail(DnsDefect.BadRecord));
    }

    private static bool TryReadAddress(ref DnsReader reader, int end, int length, ref DnsRecord record)
    {
        if (end - reader.Position != length)
        {
            return reader.Fail(DnsDefect.BadRecord);
        }

        reader.TryReadOctets(length, out ReadOnlySpan<byte> octets);
        record = record with { Address = IpAddress.FromOctets(octets) };
        return true;
    }

    private static bool TryReadTarget(ref DnsReader reader, ref DnsRecord record)
    {
        if (!reader.TryReadName(out string target))
        {
            return false;
        }

        record = record with { Target = target };
        return true;
    }

    private static bool TryReadServer(ref DnsReader reader, ref DnsRecord record)
    {
        if (!reader.TryReadUInt16(out ushort priority)
            || !reader.TryReadUInt16(out ushort weight)
            || !reader.TryReadUInt16(out ushort port)
            || !reader.TryReadName(out string target))
        {
            return false;
        }

        record = record with { Priority = priority, Weight = weight, Port = port, Target = target };
        return true;
    }

    private static bool TryReadZone(ref DnsReader reader, ref DnsRecord record)
    {
        // RFC 1035 section 3.3.13: two names, then serial, refresh, retry, expire and minimum.
        if (!reader.TryReadName(out _)
            || !reader.TryReadName(out _)
            || !reader.TryReadOctets(16, out _)
            || !reader.TryReadUInt32(out uint minimum))
        {
            return false;
        }

        record = record with { Minimum = minimum };
        return true;
    }
}
