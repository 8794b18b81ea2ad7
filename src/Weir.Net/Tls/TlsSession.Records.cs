// Hot: a TLS connection's records pass here.
using Weir.Net.Loops;

namespace Weir.Net.Tls;

/// <summary>
/// Records between OpenSSL and the transport: received when OpenSSL asks; on the way out gathered, sent, and kept where the transport takes
/// no more.
/// </summary>
public sealed unsafe partial class TlsSession
{
    /// <summary>Sends records that wait. True: none is left. False: the transport takes no more now, or has failed.</summary>
    internal bool SendUnsent()
    {
        while (_unsentStart < _unsentEnd)
        {
            int count = _connection.SendRecords((byte*)_unsent!.Address + _unsentStart, _unsentEnd - _unsentStart);
            if (count < 0)
            {
                _isTransportFailed |= count == -2;
                return false;
            }

            _unsentStart += count;
            RecordOctets += count;
            if (_unsentStart == _unsentEnd && _unsentMore is not null)
            {
                GoOnWithMore();
            }
        }

        ReleaseUnsent();
        if (_wantsShutdown)
        {
            _wantsShutdown = false;
            _connection.ShutdownTransport();
        }

        return true;
    }

    /// <summary>For OpenSSL: octets of records, 0 at the end, -1 when there are none now, -2 after a failure.</summary>
    internal int ReceiveRecords(byte* target, int length)
    {
        int count = _connection.TakeReceived(target, length);
        if (count > 0)
        {
            return count;
        }

        if (_isDrained)
        {
            return -1;
        }

        count = _connection.ReceiveRecords(target, length);
        switch (count)
        {
            case > 0:
                _isDrained = count < length && !_connection.IsPeerClosing;
                _withoutContent += count;
                return _withoutContent <= MostWithoutContent ? count : -2;
            case 0:
                IsTransportEnded = true;
                break;
            case -1:
                _isDrained = true;
                break;
            default:
                _isTransportFailed = true;
                break;
        }

        return count;
    }

    /// <summary>For OpenSSL: takes records. False after a failure.</summary>
    internal bool StageRecords(byte* source, int length)
    {
        TlsScratch scratch = TlsScratch.Current;
        while (length > 0)
        {
            int room = Math.Min(length, TlsScratch.StagingOctets - scratch.Staged);
            Buffer.MemoryCopy(source, scratch.Staging + scratch.Staged, room, room);
            scratch.Staged += room;
            source += room;
            length -= room;
            if (length > 0 && !Flush(scratch))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Sends what was staged, behind what waits; what the transport does not take is kept. False after a failure.</summary>
    private bool Flush(TlsScratch scratch)
    {
        int start = 0;
        int end = scratch.Staged;
        scratch.Staged = 0;
        while (start < end && _unsent is null && !_isTransportFailed)
        {
            int count = _connection.SendRecords(scratch.Staging + start, end - start);
            if (count == -1)
            {
                break;
            }

            _isTransportFailed |= count < 0;
            start += Math.Max(count, 0);
        }

        return !_isTransportFailed && (start == end || Keep(scratch.Staging + start, end - start));
    }

    private bool Keep(byte* records, int count)
    {
        _unsent ??= (count <= Loop.SmallBufferOctets ? Loop.SmallBuffers.TryRent() : null) ?? Loop.LargeBuffers.TryRent();
        int room = _unsent is null || _unsentMore is not null ? 0 : Math.Min(_unsent.Capacity - _unsentEnd, count);
        if (room < count)
        {
            _unsentMore ??= _unsent is null ? null : Loop.SmallBuffers.TryRent();
        }

        if (_unsent is null || (room < count && (_unsentMore is null || _unsentMore.Capacity - _unsentMoreEnd < count - room)))
        {
            // No memory, or a peer that makes us write and does not read (key updates): a stream with a hole is of no use.
            _isTransportFailed = true;
            return false;
        }

        Buffer.MemoryCopy(records, (byte*)_unsent.Address + _unsentEnd, room, room);
        _unsentEnd += room;
        if (room < count)
        {
            Buffer.MemoryCopy(records + room, (byte*)_unsentMore!.Address + _unsentMoreEnd, count - room, count - room);
            _unsentMoreEnd += count - room;
        }

        return true;
    }

    private void GoOnWithMore()
    {
        Loop.ReturnBuffer(_unsent!);
        _unsent = _unsentMore;
        _unsentStart = 0;
        _unsentEnd = _unsentMoreEnd;
        _unsentMore = null;
        _unsentMoreEnd = 0;
    }

    private void ReleaseUnsent()
    {
        _unsentStart = 0;
        _unsentEnd = 0;
        _unsentMoreEnd = 0;
        if (_unsent is { } unsent)
        {
            _unsent = null;
            Loop.ReturnBuffer(unsent);
        }

        if (_unsentMore is { } more)
        {
            _unsentMore = null;
            Loop.ReturnBuffer(more);
        }
    }
}
