// Hot: a TLS connection's octets pass here.
using Weir.Abstractions.Bodies;
using Weir.Net.Buffers;
using Weir.Net.Connections;
using Weir.Net.Loops;

namespace Weir.Net.Tls;

/// <summary>
/// TLS on one connection: between <see cref="Connection"/>, which waits, buffers and keeps time, and its transport, which it has. OpenSSL
/// never sees the socket: it takes records from <see cref="ReceiveRecords"/> and gives them to <see cref="StageRecords"/>.
/// </summary>
/// <remarks>
/// A short receive means "drained" here too, so that the next one waits for an event instead of asking in vain. Records that the kernel
/// does not take are kept in a rented buffer, and what does not fit into it in a small one more; until it has taken them, nothing more is
/// encrypted.
/// </remarks>
public sealed unsafe partial class TlsSession
{
    // Between two records with content: tickets, key updates and empty records are small and few, unless somebody makes us work for
    // nothing.
    private const int MostWithoutContent = 256 * 1024;

    private readonly Connection _connection;
    private readonly TlsContext _context;
    private nint _ssl;
    private NativeBuffer? _unsent;
    private NativeBuffer? _unsentMore;
    private int _unsentStart;
    private int _unsentEnd;
    private int _unsentMoreEnd;
    private int _withoutContent;
    private bool _isHandshaking = true;
    private bool _isDrained;
    private bool _isBroken;
    private bool _isTransportFailed;
    private bool _wantsShutdown;
    private bool _hasSaidGoodbye;

    private TlsSession(TlsContext context, Connection connection, nint ssl)
    {
        _context = context;
        _connection = connection;
        _ssl = ssl;
    }

    /// <summary>The context it was made from.</summary>
    public TlsContext Context => _context;

    /// <summary>What the client asked for by SNI, in lower case; null without. Set by whoever read the ClientHello.</summary>
    public string? ServerName { get; init; }

    /// <summary>Application protocols that may be agreed on, in order of preference.</summary>
    public AlpnProtocols Protocols { get; init; } = AlpnProtocols.Http1;

    /// <summary>Why the handshake, or the session, failed.</summary>
    public TlsFailure Failure { get; private set; }

    /// <summary>The failure in OpenSSL's words; null before one.</summary>
    public string? FailureText { get; private set; }

    /// <summary>Whether the stream ended without close_notify: it may have been cut (RFC 8446 section 6.1).</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Whether this is the server's side.</summary>
    public bool IsServer { get; private init; }

    /// <summary>Whether the handshake is going on.</summary>
    public bool IsHandshaking => _isHandshaking;

    /// <summary>What the handshake agreed on, in full; after it.</summary>
    public TlsFacts Facts => new(_ssl);

    internal Loop Loop => _connection.Loop;

    /// <summary>Whether the transport's end was seen.</summary>
    internal bool IsTransportEnded { get; private set; }

    /// <summary>Whether a read may bring something without an event: OpenSSL holds octets back, or the transport does.</summary>
    internal bool MayHaveMore { get; private set; } = true;

    /// <summary>Whether a write waits for the peer's octets, which only a post-handshake message can cause.</summary>
    internal bool WriteNeedsInput { get; private set; }

    /// <summary>The server's side of a connection.</summary>
    internal static TlsSession Accept(TlsContext context, Connection connection, string? serverName, AlpnProtocols protocols)
    {
        nint ssl = NewSsl(context);
        LibSsl.SSL_set_accept_state(ssl);
        return new TlsSession(context, connection, ssl) { IsServer = true, ServerName = serverName, Protocols = protocols };
    }

    /// <summary>The client's side of a connection.</summary>
    internal static TlsSession Connect(TlsContext context, Connection connection)
    {
        nint ssl = NewSsl(context);
        LibSsl.SSL_set_connect_state(ssl);
        return new TlsSession(context, connection, ssl);
    }

    /// <summary>OpenSSL's object, for what is set before the handshake.</summary>
    internal nint Handle => _ssl;

    /// <summary>The transport has something, or has ended.</summary>
    internal void OnReadable()
    {
        _isDrained = false;
        MayHaveMore = true;
    }

    /// <summary>Goes on with the handshake as far as what was received allows.</summary>
    internal TlsStep Handshake()
    {
        TlsScratch scratch = Begin();
        int result = LibSsl.SSL_do_handshake(_ssl);
        if (result == 1)
        {
            _isHandshaking = false;
            MayHaveMore = HasMore();
            return Flush(scratch) ? TlsStep.Done : Break(TlsFailure.PeerGone);
        }

        if (LibSsl.SSL_get_error(_ssl, result) == LibSsl.ErrorWantRead && !IsTransportEnded)
        {
            MayHaveMore = false;
            return Flush(scratch) ? TlsStep.Pending : Break(TlsFailure.PeerGone);
        }

        TlsFailure failure = IsTransportEnded || _isTransportFailed ? TlsFailure.PeerGone : TlsErrors.Category();
        FailureText = TlsErrors.Take();
        if (failure == TlsFailure.CertificateRefused)
        {
            FailureText = TlsErrors.OfVerification(_ssl);
        }

        Flush(scratch);
        return Break(failure);
    }

    /// <summary>Clear octets, 0 at the end of the stream, -1 when there are none now, -2 when the session failed.</summary>
    internal int Receive(byte* target, int length)
    {
        if (_isBroken)
        {
            return -2;
        }

        TlsScratch scratch = Begin();
        int total = 0;
        int count;
        do
        {
            _withoutContent = 0;
            count = LibSsl.SSL_read(_ssl, target + total, length - total);
            if (count <= 0)
            {
                break;
            }

            total += count;
        }
        while (total < length && HasMore());

        if (scratch.Staged > 0 && !Flush(scratch))
        {
            Break(TlsFailure.PeerGone);
        }

        if (count > 0)
        {
            MayHaveMore = total == length || HasMore();
            return total;
        }

        int end = EndOfRead(count);
        MayHaveMore = end != -1;

        // An end or a failure behind octets is found again by the next read.
        return total > 0 ? total : end;
    }

    /// <summary>Clear octets taken, -1 when nothing more is taken now, -2 when the session failed.</summary>
    internal int Send(byte* source, int length)
    {
        int obstacle = ObstacleOfSend();
        if (obstacle != 0)
        {
            return obstacle;
        }

        TlsScratch scratch = Begin();
        int count = LibSsl.SSL_write(_ssl, source, Math.Min(length, TlsScratch.MostClearOctets));
        WriteNeedsInput = false;
        if (count > 0)
        {
            return Flush(scratch) ? count : -2;
        }

        if (LibSsl.SSL_get_error(_ssl, count) == LibSsl.ErrorWantRead)
        {
            WriteNeedsInput = true;
            return Flush(scratch) ? -1 : -2;
        }

        Fail();
        Flush(scratch);
        return -2;
    }

    /// <summary>
    /// As <see cref="Send"/>. Each write is a record of its own: small pieces are brought together first; where that would mean to copy
    /// much, each piece has its records, which leave together.
    /// </summary>
    internal int SendGathered(NativeSlice first, NativeSlice second, NativeSlice third)
    {
        if (first.IsEmpty && third.IsEmpty)
        {
            return Send((byte*)second.Address, second.Length);
        }

        if (first.Length + second.Length + third.Length > TlsScratch.GatherOctets)
        {
            return SendEach(first, second, third);
        }

        byte* gather = TlsScratch.Current.Gather;
        int count = Copy(first, gather, 0);
        count = Copy(second, gather, count);
        count = Copy(third, gather, count);
        return Send(gather, count);
    }

    /// <summary>Octets of records that had to wait and were sent later: the progress of a slow reader.</summary>
    internal long RecordOctets { get; private set; }

    /// <summary>Whether the transport has failed under it.</summary>
    internal bool IsTransportFailed => _isTransportFailed;

    /// <summary>Whether records wait for the transport.</summary>
    internal bool HasUnsent => _unsent is not null;

    /// <summary>Says close_notify and ends the transport's direction once everything before is on its way.</summary>
    internal void Shutdown()
    {
        SayGoodbye();
        _wantsShutdown = _unsent is not null;
        if (!_wantsShutdown)
        {
            _connection.ShutdownTransport();
        }
    }

    /// <summary>Whether there is content, or an end, that nobody asked for. Handshake messages behind the handshake are neither.</summary>
    internal bool HasContentOrEnd()
    {
        if (_isBroken || _isHandshaking)
        {
            return true;
        }

        byte octet;
        TlsScratch scratch = Begin();

        // Asked of an idle connection right before its use: then only the transport knows.
        _isDrained = false;
        int count = LibSsl.SSL_peek(_ssl, &octet, 1);
        bool isSent = scratch.Staged == 0 || Flush(scratch);
        if (count > 0 || !isSent)
        {
            MayHaveMore = true;
            return true;
        }

        int end = EndOfRead(count);
        MayHaveMore = end != -1;
        return end != -1;
    }

    /// <summary>Frees what OpenSSL holds. With <paramref name="isQuiet"/> the peer is told nothing.</summary>
    internal void Close(bool isQuiet)
    {
        if (_ssl == 0)
        {
            return;
        }

        if (!isQuiet)
        {
            SayGoodbye();
        }

        TlsScratch.Current.Session = this;
        LibSsl.SSL_free(_ssl);
        TlsScratch.Current.Session = null;
        _ssl = 0;
        _isBroken = true;
        ReleaseUnsent();
    }

    private static nint NewSsl(TlsContext context)
    {
        nint ssl = LibSsl.SSL_new(context.Handle);
        if (ssl == 0)
        {
            throw new OutOfMemoryException("OpenSSL has no memory left.");
        }

        nint bio = TlsBio.New();
        LibSsl.SSL_set_bio(ssl, bio, bio);
        return ssl;
    }

    private static int Copy(NativeSlice piece, byte* target, int at)
    {
        Buffer.MemoryCopy((void*)piece.Address, target + at, TlsScratch.GatherOctets - at, piece.Length);
        return at + piece.Length;
    }

    private int ObstacleOfSend()
    {
        if (_unsent is not null && !SendUnsent())
        {
            return _isTransportFailed ? -2 : -1;
        }

        return _isBroken || _hasSaidGoodbye ? -2 : 0;
    }

    private int SendEach(NativeSlice first, NativeSlice second, NativeSlice third)
    {
        int obstacle = ObstacleOfSend();
        if (obstacle != 0)
        {
            return obstacle;
        }

        TlsScratch scratch = Begin();
        int total = 0;
        foreach (NativeSlice piece in (ReadOnlySpan<NativeSlice>)[first, second, third])
        {
            int length = Math.Min(piece.Length, TlsScratch.MostClearOctets - total);
            if (length > 0 && LibSsl.SSL_write(_ssl, (byte*)piece.Address, length) <= 0)
            {
                // The next write meets the same, and says what it is.
                break;
            }

            total += length;
        }

        NativeSlice next = first.IsEmpty ? second : first;
        return !Flush(scratch) ? -2 : total > 0 ? total : Send((byte*)next.Address, next.Length);
    }

    private TlsScratch Begin()
    {
        TlsScratch scratch = TlsScratch.Current;
        scratch.Session = this;
        scratch.Staged = 0;
        _withoutContent = 0;

        // SSL_get_error looks into the thread's queue: what somebody else left there would be taken for this session's.
        LibCrypto.ERR_clear_error();
        return scratch;
    }

    private bool HasMore() => !_isDrained || LibSsl.SSL_has_pending(_ssl) != 0;

    private int EndOfRead(int result)
    {
        switch (LibSsl.SSL_get_error(_ssl, result))
        {
            case LibSsl.ErrorWantRead:
            case LibSsl.ErrorWantWrite:
                return -1;
            case LibSsl.ErrorZeroReturn:
                return 0;
        }

        if (IsTransportEnded && !_isTransportFailed)
        {
            LibCrypto.ERR_clear_error();
            IsTruncated = true;
            return 0;
        }

        Fail();
        return -2;
    }

    private void Fail()
    {
        if (_isBroken)
        {
            return;
        }

        TlsFailure failure = _isTransportFailed ? TlsFailure.PeerGone
            : _withoutContent > MostWithoutContent ? TlsFailure.Protocol : TlsErrors.Category();
        FailureText = TlsErrors.Take();
        Break(failure);
    }

    private TlsStep Break(TlsFailure failure)
    {
        _isBroken = true;
        MayHaveMore = true;
        Failure = failure;
        return TlsStep.Failed;
    }

    private void SayGoodbye()
    {
        if (_hasSaidGoodbye || _isBroken || _isHandshaking)
        {
            return;
        }

        _hasSaidGoodbye = true;
        TlsScratch scratch = Begin();
        _ = LibSsl.SSL_shutdown(_ssl);
        Flush(scratch);
    }
}
