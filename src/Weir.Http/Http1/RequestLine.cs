// Hot: runs for every request. See bench/Weir.Bench.Http.
using System.Buffers.Binary;
using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>Splits and checks a request line (RFC 9112 section 3). Offsets count from the line's start.</summary>
internal ref struct RequestLine
{
    // The longest registered method has 17 octets (UPDATEREDIRECTREF).
    private const int LongestMethod = 32;
    private const int VersionOctets = 8;

    /// <summary>Octets of the method.</summary>
    public int MethodLength;

    /// <summary>Where the target lies and what it is made of.</summary>
    public TargetParts Target;

    /// <summary>The version.</summary>
    public HttpVersion Version;

    /// <summary>
    /// What is already wrong with a line whose end has not come. A complete line is asked the same first, so that the verdict does
    /// not depend on how the octets arrive.
    /// </summary>
    public static RejectReason CheckPartial(ReadOnlySpan<byte> line, int targetLimit)
    {
        ReadOnlySpan<byte> start = line.Length > LongestMethod ? line[..(LongestMethod + 1)] : line;
        int methodLength = start.IndexOf((byte)' ');
        if (methodLength < 0)
        {
            return line.Length > LongestMethod ? RejectReason.MethodTooLong : RejectReason.None;
        }

        if (line.Length - methodLength - 1 <= targetLimit)
        {
            return RejectReason.None;
        }

        int targetLength = line[(methodLength + 1)..].IndexOf((byte)' ');
        return targetLength < 0 || targetLength > targetLimit ? RejectReason.TargetTooLong : RejectReason.None;
    }

    /// <summary>Reads a complete line, without its CRLF.</summary>
    public RejectReason Read(ReadOnlySpan<byte> line, int targetLimit)
    {
        int methodLength = LineScanner.EndOfToken(line, 0);
        int targetStart = methodLength + 1;
        int targetLength = line.Length - targetStart - VersionOctets - 1;

        // RFC 9112 section 3: single spaces. Readers that split on more than that see another target. A space in the target is no
        // octet of any target, so it needs no search of its own.
        bool isInParts = methodLength is > 0 and <= LongestMethod && targetLength > 0 && targetLength <= targetLimit
            && line[methodLength] == (byte)' ' && line[targetStart + targetLength] == (byte)' ';
        if (!isInParts)
        {
            return FaultOf(line, methodLength, targetLimit);
        }

        MethodLength = methodLength;
        RejectReason reason = ReadVersion(line[^VersionOctets..]);
        if (reason == RejectReason.None)
        {
            reason = Target.Read(line, targetStart, targetLength, methodLength);
        }

        bool isCutWrongly = reason != RejectReason.None && line.Slice(targetStart, targetLength).Contains((byte)' ');
        return isCutWrongly ? RejectReason.MalformedRequestLine : reason;
    }

    private static RejectReason FaultOf(ReadOnlySpan<byte> line, int methodLength, int targetLimit)
    {
        RejectReason reason = CheckPartial(line, targetLimit);
        if (reason != RejectReason.None)
        {
            return reason;
        }

        if (line.IsEmpty)
        {
            return RejectReason.EmptyRequestLine;
        }

        if (methodLength == line.Length || line[0] == (byte)' ')
        {
            return RejectReason.MalformedRequestLine;
        }

        return line[methodLength] != (byte)' ' ? RejectReason.BadMethod : FaultOfParts(line[(methodLength + 1)..]);
    }

    private RejectReason ReadVersion(ReadOnlySpan<byte> text)
    {
        ulong version = BinaryPrimitives.ReadUInt64LittleEndian(text);
        if (version == BinaryPrimitives.ReadUInt64LittleEndian("HTTP/1.1"u8))
        {
            Version = HttpVersion.Http11;
            return RejectReason.None;
        }

        if (version == BinaryPrimitives.ReadUInt64LittleEndian("HTTP/1.0"u8))
        {
            Version = HttpVersion.Http10;
            return RejectReason.None;
        }

        return FaultOfVersion(text);
    }

    // RFC 9110 section 2.5 would let HTTP/1.2 be served as HTTP/1.1. No such version exists, so whoever sends it probes how two
    // parsers differ: it is refused like another major version.
    private static RejectReason FaultOfVersion(ReadOnlySpan<byte> text)
    {
        bool isVersion = text.Length == VersionOctets && text.StartsWith("HTTP/"u8)
            && char.IsAsciiDigit((char)text[5]) && text[6] == (byte)'.' && char.IsAsciiDigit((char)text[7]);
        return isVersion ? RejectReason.UnsupportedVersion : RejectReason.BadVersion;
    }

    private static RejectReason FaultOfParts(ReadOnlySpan<byte> afterMethod)
    {
        int space = afterMethod.IndexOf((byte)' ');
        if (space < 0 && !afterMethod.IsEmpty)
        {
            return RejectReason.Http09;
        }

        if (space <= 0 || afterMethod[(space + 1)..].Contains((byte)' ') || space + 1 == afterMethod.Length)
        {
            return RejectReason.MalformedRequestLine;
        }

        return FaultOfVersion(afterMethod[(space + 1)..]);
    }
}
