using System.Net;
using System.Text;
using Weir.Net.Connections;

namespace Weir.Net.Tls;

/// <summary>How one loop speaks TLS to one origin: its context, and its sessions that can be resumed.</summary>
public sealed unsafe class TlsClientContext : IDisposable
{
    private readonly TlsContext _context;
    private readonly byte[] _name;
    private readonly byte[]? _address;
    private readonly byte[] _protocols;
    private readonly bool _isInsecure;

    private TlsClientContext(TlsContext context, TlsClientOptions options)
    {
        _context = context;
        _name = Encoding.ASCII.GetBytes(options.ServerName + "\0");
        _address = IPAddress.TryParse(options.ServerName, out IPAddress? address) ? address.GetAddressBytes() : null;
        _isInsecure = options.IsInsecure;
        _protocols = options.Protocols switch
        {
            AlpnProtocols.Http2 => [.. "\u0002h2"u8],
            AlpnProtocols.Http1 | AlpnProtocols.Http2 => [.. "\u0002h2\u0008http/1.1"u8],
            _ => [.. "\u0008http/1.1"u8],
        };
    }

    /// <summary>Sessions that can be resumed now.</summary>
    internal TlsSessionCache Resumable => _context.Resumable!;

    /// <summary>A context for an origin. Null with what is wrong.</summary>
    public static TlsClientContext? Create(TlsClientOptions options, out string problem) =>
        TlsContext.ForClient(options, out problem) is { } context ? new TlsClientContext(context, options) : null;

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();

    internal TlsSession Connect(Connection connection)
    {
        TlsSession session = TlsSession.Connect(_context, connection);
        nint ssl = session.Handle;
        fixed (byte* protocols = _protocols)
        {
            _ = LibSsl.SSL_set_alpn_protos(ssl, protocols, (uint)_protocols.Length);
        }

        SetName(ssl);
        nint resumed = _context.Resumable!.Take();
        if (resumed != 0)
        {
            _ = LibSsl.SSL_set_session(ssl, resumed);
            LibSsl.SSL_SESSION_free(resumed);
        }

        return session;
    }

    private void SetName(nint ssl)
    {
        if (_address is not null)
        {
            fixed (byte* address = _address)
            {
                _ = _isInsecure ? 1 : LibCrypto.X509_VERIFY_PARAM_set1_ip(LibSsl.SSL_get0_param(ssl), address, (nuint)_address.Length);
            }

            return;
        }

        fixed (byte* name = _name)
        {
            _ = LibSsl.SSL_ctrl(ssl, LibSsl.CtrlHostName, 0, name);
            _ = _isInsecure ? 1 : LibSsl.SSL_set1_host(ssl, name);
        }
    }
}
