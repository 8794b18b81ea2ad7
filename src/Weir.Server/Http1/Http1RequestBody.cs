using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;
using Weir.Net.Connections;
using Weir.Net.Loops;

namespace Weir.Server.Http1;

/// <summary>The content of a client's request: framing is taken off, sizes and rates are enforced.</summary>
internal sealed class Http1RequestBody : BodyReader
{
    // What is read and dropped of content that nobody wanted, to keep the connection.
    private const int MaxDrainOctets = 256 * 1024;
    private const int DrainMs = 2_000;

    private readonly HeaderFields _trailers = new();
    private Http1ClientConnection _client = null!;
    private Connection _connection = null!;
    private Exchange _exchange = null!;
    private BodyDecoder _decoder;
    private BodyLength _length;
    private ProxyError? _error;
    private ProxyError? _cancelled;
    private int _lent;
    private long _waitedMs;
    private bool _expectsContinue;
    private bool _isWaiting;
    private bool _waitsAnew;

    public override BodyLength Length => _length;

    public override HeaderFields? Trailers => _trailers.Count > 0 ? _trailers : null;

    /// <summary>Whether the last octet was read and given back.</summary>
    public bool IsComplete => _decoder.IsComplete && _error is null;

    public bool HasFailed => _error is not null;

    /// <summary>Whether the client may still be waiting for a 100 before it sends anything.</summary>
    public bool IsAwaitingContinue => _expectsContinue && _exchange.ReceivedOctets == 0 && _connection.ReceivedCount == 0;

    public void Begin(Http1ClientConnection client, Exchange exchange, BodyLength length, bool expectsContinue)
    {
        _client = client;
        _connection = client.Connection;
        _exchange = exchange;
        _length = length;
        _expectsContinue = expectsContinue;
        _decoder.Begin(length);
        _trailers.Clear();
        _error = null;
        _cancelled = null;
        _lent = 0;
        _waitedMs = 0;
        _isWaiting = false;
        _waitsAnew = false;
        if (length.IsKnown && length.Octets > _client.Limits.BodyOctets)
        {
            _error = ProxyErrors.BodyTooLarge;
        }
    }

    /// <summary>Gives back what is lent: nobody reads any more.</summary>
    public void End() => GiveBack();

    /// <summary>The exchange is over: the reader lies in a pool until the next one.</summary>
    public void Forget()
    {
        _client = null!;
        _connection = null!;
        _exchange = null!;
    }

    public override ValueTask<BodyRead> ReadAsync()
    {
        GiveBack();
        if (TryDecode(out BodyRead read))
        {
            return new(read);
        }

        return ReadSlowAsync();
    }

    public override void Cancel()
    {
        _cancelled = ProxyErrors.ClientAborted;
        _connection.CancelRead();
    }

    /// <summary>The client is told to go on: from now on its content has to come at the least rate.</summary>
    public void OnContinue()
    {
        if (_expectsContinue && _isWaiting)
        {
            _waitsAnew = true;
            _connection.CancelRead();
        }

        _expectsContinue = false;
    }

    /// <summary>Reads and drops what is left, within bounds. True: the content is complete and the next request can follow.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<bool> DrainAsync()
    {
        _cancelled = null;
        GiveBack();
        long limit = _exchange.ReceivedOctets + MaxDrainOctets;
        if (_length.IsKnown && _length.Octets - _exchange.ReceivedOctets > MaxDrainOctets)
        {
            return false;
        }

        long deadlineMs = _connection.Loop.NowMs + DrainMs;
        while (_exchange.ReceivedOctets < limit)
        {
            if (TryDecode(out BodyRead read))
            {
                GiveBack();
                if (read.IsEnd)
                {
                    return read.Error is null;
                }

                continue;
            }

            long waitMs = deadlineMs - _connection.Loop.NowMs;
            if (waitMs <= 0 || await _connection.ReadAsync((int)waitMs) != ReadStatus.Data)
            {
                return false;
            }
        }

        return false;
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
        if (_error is not null)
        {
            read = BodyRead.Failed(_error);
            return true;
        }

        read = default;
        if (_connection.ReceivedCount == 0 && !_decoder.IsComplete)
        {
            return false;
        }

        BodyStatus status = _decoder.DecodeInPlace(
            _connection.ReceivedForChange, _trailers, out int offset, out int length, out int consumed, out RejectReason reason);
        _lent = consumed;
        _exchange.ReceivedOctets += length;
        if (status == BodyStatus.Rejected)
        {
            _exchange.ErrorDetail = RejectReasons.Name(reason);

            // RFC 6585 section 5: trailers are fields too, and the table of reasons says the same.
            return Fail(RejectReasons.Status(reason) == 431 ? ProxyErrors.TrailersTooLarge : ProxyErrors.BadBody, out read);
        }

        if (_exchange.ReceivedOctets > _client.Limits.BodyOctets)
        {
            return Fail(ProxyErrors.BodyTooLarge, out read);
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

    private bool Fail(ProxyError error, out BodyRead read)
    {
        _error = error;
        read = BodyRead.Failed(error);
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

            int waitMs = WaitMs();
            bool isRated = !IsAwaitingContinue;
            long beforeMs = _connection.Loop.NowMs;
            _connection.WantsLargeBuffer = !_length.IsKnown || _length.Octets - _exchange.ReceivedOctets > Loop.SmallBufferOctets;
            _isWaiting = true;
            ReadStatus status = waitMs <= 0 ? ReadStatus.TimedOut : await _connection.ReadAsync(waitMs);
            _isWaiting = false;
            _connection.WantsLargeBuffer = false;

            // Who waits for a 100 is not slow.
            _waitedMs += isRated ? _connection.Loop.NowMs - beforeMs : 0;
            bool waitsAnew = _waitsAnew;
            _waitsAnew = false;
            if (status == ReadStatus.TimedOut && waitsAnew)
            {
                continue;
            }

            if (status != ReadStatus.Data)
            {
                _error = _cancelled is null ? ErrorOf(status) : null;
                return BodyRead.Failed(_cancelled ?? _error!);
            }

            if (TryDecode(out BodyRead read))
            {
                return read;
            }
        }
    }

    // The least rate as a deadline that each octet moves away. Only time spent waiting for the client counts: a slow origin is not its
    // fault.
    private int WaitMs()
    {
        ServerLimits limits = _client.Limits;
        if (IsAwaitingContinue)
        {
            return limits.IdleTimeoutMs;
        }

        long allowedMs = limits.BodyMinOctetsPerSecond <= 0
            ? long.MaxValue
            : limits.BodyGraceMs + (_exchange.ReceivedOctets * 1000 / limits.BodyMinOctetsPerSecond) - _waitedMs;
        return (int)Math.Clamp(allowedMs, 0, limits.IdleTimeoutMs);
    }

    private static ProxyError ErrorOf(ReadStatus status) => status switch
    {
        ReadStatus.TimedOut => ProxyErrors.BodyTooSlow,
        ReadStatus.Full => ProxyErrors.BadBody,
        _ => ProxyErrors.ClientAborted,
    };
}
