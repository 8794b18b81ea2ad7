// Hot: where a connection speaks TLS, every octet passes here.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Bodies;
using Weir.Net.Tls;

namespace Weir.Net.Connections;

/// <summary>
/// TLS between what is read and written and the transport. Without it each of these steps is the transport's own, at the price of one
/// comparison.
/// </summary>
public abstract unsafe partial class Connection
{
    private TlsSession? _tls;

    /// <summary>TLS on this connection; null while it is in the clear.</summary>
    public TlsSession? Tls => _tls;

    /// <summary>Whether the peer's end may be a cut: TLS that ended without close_notify (RFC 8446 section 6.1).</summary>
    public bool IsEndTruncated => _tls is { IsTruncated: true };

    /// <summary>
    /// Speaks TLS from now on, as the server. What was received in the clear, the ClientHello with it, is the handshake's beginning. The
    /// next read brings <see cref="ReadStatus.Data"/> once the handshake is over, <see cref="ReadStatus.Reset"/> when it failed.
    /// </summary>
    public TlsSession AcceptTls(TlsContext context, string? serverName, AlpnProtocols protocols)
    {
        Debug.Assert(_tls is null && OutputCount == 0 && _read.IsFree, "TLS begins once, on a quiet connection.");
        _tls = TlsSession.Accept(context, this, serverName, protocols);
        _isReadable = true;
        return _tls;
    }

    /// <summary>As <see cref="AcceptTls"/>, as the client.</summary>
    public TlsSession ConnectTls(TlsClientContext context)
    {
        Debug.Assert(_tls is null && OutputCount == 0 && _read.IsFree && ReceivedCount == 0, "TLS begins once, on a quiet connection.");
        _tls = context.Connect(this);
        _isReadable = true;
        return _tls;
    }

    /// <summary>For TLS: what was received in the clear before it began.</summary>
    internal int TakeReceived(byte* target, int length)
    {
        int count = Math.Min(ReceivedCount, length);
        if (count == 0 || _tls is not { IsHandshaking: true })
        {
            return 0;
        }

        Received[..count].CopyTo(new Span<byte>(target, count));
        Consume(count);
        return count;
    }

    /// <summary>For TLS: as <see cref="ReceiveCore"/>.</summary>
    internal int ReceiveRecords(byte* target, int length) => ReceiveCore(target, Math.Min(length, MaxSendOctets));

    /// <summary>For TLS: as <see cref="SendCore"/>.</summary>
    internal int SendRecords(byte* source, int length) => SendCore(source, length);

    /// <summary>For TLS: ends the transport's sending direction.</summary>
    internal void ShutdownTransport() => ShutdownCore();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Receive(nint target, int length) =>
        _tls is null ? ReceiveCore((byte*)target, length) : _tls.Receive((byte*)target, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SendOne(NativeSlice octets)
    {
        int count = Math.Min(octets.Length, MaxSendOctets);
        return _tls is null ? SendCore((byte*)octets.Address, count) : _tls.Send((byte*)octets.Address, count);
    }

    private ReadStatus Handshake()
    {
        switch (_tls!.Handshake())
        {
            case TlsStep.Done:
                _isReadable = _tls.MayHaveMore;
                return ReadStatus.Data;
            case TlsStep.Pending:
                _isReadable = false;
                return ReadStatus.Pending;
            default:
                _failure = Failure.Reset;
                return ReadStatus.Reset;
        }
    }

    /// <summary>Whether what came unasked is content or an end: a session ticket or a key update is nobody's business.</summary>
    private bool HasContentOrEnd()
    {
        bool isThere = _tls!.HasContentOrEnd();
        _isReadable = _tls.MayHaveMore;
        return isThere;
    }

    private void OnTransportEvents(TlsSession tls, bool isReadable, bool isWritable)
    {
        if (isReadable)
        {
            tls.OnReadable();
        }

        if (_write.IsWaiting)
        {
            if (!isWritable && tls.WriteNeedsInput)
            {
                OnWritable();
            }
        }
        else if (isWritable && tls.HasUnsent)
        {
            tls.SendUnsent();
        }
    }

    /// <summary>Everything is encrypted; it is sent when the transport has taken the records, too.</summary>
    private WriteStatus SendRest(TlsSession tls)
    {
        if (!tls.HasUnsent || tls.SendUnsent())
        {
            return WriteStatus.Done;
        }

        if (!tls.IsTransportFailed)
        {
            return WriteStatus.Pending;
        }

        _isWriteBroken = true;
        return WriteStatus.Reset;
    }
}
