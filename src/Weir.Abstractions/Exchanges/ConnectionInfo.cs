using System.Runtime.CompilerServices;

namespace Weir.Abstractions.Exchanges;

/// <summary>What is known of a client's connection. Immutable from the moment that exchanges see it.</summary>
public sealed class ConnectionInfo
{
    private const int ShortTextOctets = 16;

    // Most clients' addresses fit in here; only a long IPv6 address costs an array. Ten thousand idle connections feel the difference.
    private readonly ShortText _shortText;
    private readonly byte[]? _longText;
    private readonly byte _textLength;

    /// <summary>Describes a connection.</summary>
    public ConnectionInfo(long id, IpAddress remote, int remotePort, IpAddress local, int localPort, bool isTls, string listener)
    {
        Id = id;
        Remote = remote;
        RemotePort = remotePort;
        Local = local;
        LocalPort = localPort;
        IsTls = isTls;
        Listener = listener;
        Span<byte> text = stackalloc byte[IpAddress.MaxTextOctets];
        int length = remote.Format(text);
        _textLength = (byte)length;
        if (length <= ShortTextOctets)
        {
            text[..length].CopyTo(_shortText);
        }
        else
        {
            _longText = text[..length].ToArray();
        }
    }

    /// <summary>A number that is unique in the process.</summary>
    public long Id { get; }

    /// <summary>
    /// The client's address: that of the PROXY header where one was believed, else the socket's. Unspecified for unix sockets.
    /// </summary>
    public IpAddress Remote { get; }

    /// <summary>The client's port.</summary>
    public int RemotePort { get; }

    /// <summary>The address the client connected to.</summary>
    public IpAddress Local { get; }

    /// <summary>The port the client connected to.</summary>
    public int LocalPort { get; }

    /// <summary>Whether the client speaks TLS.</summary>
    public bool IsTls { get; }

    /// <summary>What the TLS handshake agreed on: known from its end on, null without TLS.</summary>
    public TlsDetails? Tls { get; set; }

    /// <summary>
    /// The fingerprint of the client's TLS (JA4); null without TLS, and where nothing wanted it when the handshake began.
    /// </summary>
    public string? TlsFingerprint { get; set; }

    /// <summary>The listener's address as configured.</summary>
    public string Listener { get; }

    /// <summary>Whether <see cref="Remote"/> is among trusted_proxies.</summary>
    public bool IsTrustedProxy { get; init; }

    /// <summary><see cref="Remote"/> as text: "192.0.2.1", "2001:db8::1", "unix".</summary>
    public ReadOnlySpan<byte> RemoteText => _longText ?? ((ReadOnlySpan<byte>)_shortText)[.._textLength];

    [InlineArray(ShortTextOctets)]
    private struct ShortText
    {
        private byte _first;
    }
}
