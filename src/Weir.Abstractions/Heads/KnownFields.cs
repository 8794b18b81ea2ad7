// Hot: one lookup for each received header line.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Weir.Abstractions.Heads;

/// <summary>The names behind <see cref="KnownField"/> and the lookup from received bytes to the value.</summary>
public static class KnownFields
{
    private static readonly string[] _names =
    [
        "", "Host", "Connection", "Content-Length", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Keep-Alive", "Proxy-Connection",
        "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info", "HTTP2-Settings", "Expect", "Date", "Server", "Via",
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Request-Id", "Max-Forwards",
        "CDN-Loop", "Content-Type", "Content-Encoding", "Content-Range", "Content-Location", "Location", "Refresh", "Set-Cookie",
        "Cookie", "Authorization", "Cache-Control", "Expires", "Age", "Pragma", "ETag", "Last-Modified", "If-Match", "If-None-Match",
        "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range", "Accept-Ranges", "Vary", "Accept", "Accept-Encoding",
        "User-Agent", "Referer", "Origin", "Alt-Svc", "Retry-After", "Proxy-Status", "Sec-WebSocket-Key", "Sec-WebSocket-Accept",
        "Client-Cert", "Client-Cert-Chain", "Link", "Early-Data",
    ];

    private static readonly byte[][] _bytes = Array.ConvertAll(_names, Encoding.ASCII.GetBytes);

    // Open addressing over (length, first, middle, last) of the lower-cased name. Built once; a miss costs one probe.
    private const int Slots = 512;
    private static readonly byte[] _table = Build();

    /// <summary>The canonical spelling, as written on HTTP/1.1 connections. Empty for <see cref="KnownField.Other"/>.</summary>
    public static ReadOnlySpan<byte> Bytes(KnownField field) => _bytes[(int)field];

    /// <summary>The canonical spelling as text.</summary>
    public static string Name(KnownField field) => _names[(int)field];

    /// <summary>Finds the value of a received name, compared without case (RFC 9110 section 5.1).</summary>
    public static KnownField Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return KnownField.Other;
        }

        byte[] table = _table;
        for (int slot = Hash(name); ; slot = (slot + 1) & (Slots - 1))
        {
            byte candidate = table[slot];
            if (candidate == 0)
            {
                return KnownField.Other;
            }

            byte[] bytes = _bytes[candidate];
            if (bytes.Length == name.Length && Ascii.EqualsIgnoreCase(bytes, name))
            {
                return (KnownField)candidate;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(ReadOnlySpan<byte> name)
    {
        // 0x20 folds the case of letters; other octets may collide, which costs a comparison and nothing else.
        uint first = name[0] | 0x20u;
        uint middle = name[name.Length >> 1] | 0x20u;
        uint last = name[^1] | 0x20u;
        uint mixed = (first * 0x9E3779B1u) ^ BitOperations.RotateLeft(middle * 0x85EBCA77u, 11) ^ (last * 0xC2B2AE3Du) ^ ((uint)name.Length * 0x27D4EB2Fu);
        return (int)((mixed ^ (mixed >> 15)) & (Slots - 1));
    }

    private static byte[] Build()
    {
        byte[] table = new byte[Slots];
        for (int i = 1; i < _bytes.Length; i++)
        {
            int slot = Hash(_bytes[i]);
            while (table[slot] != 0)
            {
                slot = (slot + 1) & (Slots - 1);
            }

            table[slot] = (byte)i;
        }

        return table;
    }
}
