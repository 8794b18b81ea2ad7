// Hot: every response's content is read here.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;
using Weir.Net.Connections;
using Weir.Net.Loops;

namespace Weir.Upstream.Http1;

/// <summary>The content of an origin's response: framing is taken off, and a missing end is an error, never an end.</summary>
internal sealed class Http1ResponseBody : BodyReader
{
    private readonly Connection _connection;
    private HeaderFields? _trailers;
    private BodyDecoder _decoder;
    private BodyLength _length;
    private ProxyError? _error;
    private ProxyError? _cancelled;
    private long _received;
    private int _lent;

    public Http1ResponseBody(Connection connection) => _connection = connection;

    public int IdleTimeoutMs { get; set; }

    public override BodyLength Length => _length;

    public override HeaderFields? Trailers => _trailers is { Count: > 0 } ? _trailers : null;

    /// <summary>What was wrong with the framing.</summary>
    public string? RejectDetail { get; private set; }

    /// <summary>Whether the last octet was read and given back.</summary>
    public bool IsComplete => _decoder.IsComplete && _error is null;

    public void Begin(BodyLength length)
    {
        _length = length;
        _decoder.Begin(length);
        _trailers?.Clear();
        if (!length.IsKnown)
        {
            _trailers ??= new HeaderFields();
        }

        _error = null;
        _cancelled = null;
        RejectDetail = null;
        _received = 0;
        _lent = 0;
    }

    /// <summary>Gives back what is lent.</summary>
    public void End() => GiveBack();

    public override ValueTask<BodyRead> ReadAsync()
    {
        GiveBack();
        return TryDecode(out BodyRead read) ? new(read) : ReadSlowAsync();
    }

    public override void Cancel()
    {
        _cancelled = ProxyErrors.ClientAborted;
        _connection.CancelRead();
    }

    private void GiveBack()
    {
        if (_lent > 0)
        {
            _connection.Consume(_lent);
            _lent = 0;
        }
    }

    private bool TryDecode(out BodyRead read)
    {
        read = default;
        if (_error is not null)
        {
            read = BodyRead.Failed(_error);
            return true;
        }

        if (_connection.ReceivedCount == 0 && !_decoder.IsComplete)
        {
            return false;
        }

        BodyStatus status = _decoder.DecodeInPlace(
            _connection.ReceivedForChange, _trailers, out int offset, out int length, out int consumed, out RejectReason reason);
        _lent = consumed;
        _received += length;
        if (status == BodyStatus.Rejected)
        {
            RejectDetail = RejectReasons.Name(reason);
            _error = ProxyErrors.OriginBadBody;
            read = BodyRead.Failed(_error);
            return true;
        }

        if (length == 0 && status != BodyStatus.End)
        {
            GiveBack();
            return false;
        }

        NativeSlice data = _connection.ReceivedSlice(offset, length);
        read = status == BodyStatus.End ? BodyRead.Last(data) : BodyRead.More(data);
        return true;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<BodyRead> ReadSlowAsync()
    {
        while (true)
        {
            if (_cancelled is not null)
            {
                return BodyRead.Failed(_cancelled);
            }

            _connection.WantsLargeBuffer = _length.IsKnown ? _length.Octets - _received > Loop.SmallBufferOctets : _received > Loop.SmallBufferOctets;
            ReadStatus status = await _connection.ReadAsync(IdleTimeoutMs);
            _connection.WantsLargeBuffer = false;
            // RFC 8446 section 6.1: without close_notify the end may be somebody else's, and the content cut.
            if (status == ReadStatus.End && _length.IsUntilClose && !_connection.IsEndTruncated)
            {
                _decoder.EndByClose();
                return BodyRead.Last(default);
            }

            if (status != ReadStatus.Data)
            {
                _error = status == ReadStatus.TimedOut ? ProxyErrors.OriginIdle : ProxyErrors.OriginTruncated;
                return BodyRead.Failed(_cancelled ?? _error);
            }

            if (TryDecode(out BodyRead read))
            {
                return read;
            }
        }
    }
}
