using System.Buffers.Binary;
using System.Text;
using Weir.Abstractions.Exchanges;

namespace Weir.Net.Sockets;

/// <summary>Where a socket listens or connects: an IP address and port, or a unix socket's path.</summary>
public sealed unsafe class SocketAddress
{
    internal const int MaxOctets = 128;
    private const int MaxPathOctets = 107;

    private readonly byte[]? _path;

    private SocketAddress(IpAddress address, int port, byte[]? path, bool isAny)
    {
        Address = address;
        Port = port;
        _path = path;
        IsAny = isAny;
    }

    /// <summary>The IP address; none for unix sockets and for all addresses.</summary>
    public IpAddress Address { get; }

    /// <summary>The port, 0 for any free one when listening.</summary>
    public int Port { get; }

    /// <summary>Whether it stands for all addresses of the machine, IPv6 and IPv4.</summary>
    public bool IsAny { get; }

    /// <summary>Whether it is a unix socket.</summary>
    public bool IsUnix => _path is not null;

    /// <summary>The unix socket's path, or null.</summary>
    public string? Path => _path is null ? null : Encoding.UTF8.GetString(_path);

    internal int Family => _path is not null ? Libc.AfUnix : IsAny || !Address.IsIPv4 ? Libc.AfInet6 : Libc.AfInet;

    /// <summary>An IP address and port.</summary>
    public static SocketAddress Of(IpAddress address, int port) => new(address, port, null, false);

    /// <summary>All addresses of the machine.</summary>
    public static SocketAddress Any(int port) => new(default, port, null, true);

    /// <summary>A unix socket.</summary>
    /// <exception cref="ArgumentException">The path is longer than 107 octets.</exception>
    public static SocketAddress Unix(string path)
    {
        byte[] octets = Encoding.UTF8.GetBytes(path);
        return octets.Length is 0 or > MaxPathOctets
            ? throw new ArgumentException(
                $"The path of a unix socket has 1 to {MaxPathOctets} octets; '{path}' has {octets.Length}.", nameof(path))
            : new SocketAddress(default, 0, octets, false);
    }

    /// <summary>
    /// Reads ":8080", "127.0.0.1:8080", "[::1]:8080", "unix:/run/weir.sock". Names are not addresses.
    /// </summary>
    public static bool TryParse(string text, out SocketAddress address)
    {
        address = Any(0);
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            string path = text[5..];
            if (path.Length == 0 || Encoding.UTF8.GetByteCount(path) > MaxPathOctets)
            {
                return false;
            }

            address = Unix(path);
            return true;
        }

        int colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out ushort port))
        {
            return false;
        }

        ReadOnlySpan<char> host = text.AsSpan(0, colon);
        if (host.IsEmpty || host is "*")
        {
            address = Any(port);
            return true;
        }

        bool isBracketed = host[0] == '[' && host[^1] == ']';
        if (isBracketed)
        {
            host = host[1..^1];
        }

        if (!IpAddress.TryParse(host, out IpAddress ip) || ip.IsIPv4 == isBracketed)
        {
            return false;
        }

        address = Of(ip, port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _path is not null ? "unix:" + Path
        : IsAny ? $":{Port}"
        : Address.IsIPv4 ? $"{Address}:{Port}" : Address.IsNone ? $"[::]:{Port}" : $"[{Address}]:{Port}";

    /// <summary>Reads what the kernel wrote; no address for unix sockets.</summary>
    internal static IpAddress ReadIp(byte* raw, out int port)
    {
        ReadOnlySpan<byte> octets = new(raw, MaxOctets);
        port = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        switch (BitConverter.ToUInt16(octets))
        {
            case Libc.AfInet:
                return IpAddress.FromOctets(octets.Slice(4, 4));
            case Libc.AfInet6:
                return IpAddress.FromOctets(octets.Slice(8, 16));
            default:
                port = 0;
                return IpAddress.None;
        }
    }

    /// <summary>Writes struct sockaddr_in, sockaddr_in6 or sockaddr_un; returns its length.</summary>
    internal int Write(byte* raw)
    {
        Span<byte> octets = new(raw, MaxOctets);
        octets.Clear();
        BitConverter.TryWriteBytes(octets, (ushort)Family);
        if (_path is not null)
        {
            _path.CopyTo(octets[2..]);
            return 2 + _path.Length + 1;
        }

        BinaryPrimitives.WriteUInt16BigEndian(octets[2..], (ushort)Port);
        if (Family == Libc.AfInet)
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets[4..], Address.IPv4);
            return 16;
        }

        if (!IsAny)
        {
            Address.WriteOctets(octets[8..]);
        }

        return 28;
    }
}
