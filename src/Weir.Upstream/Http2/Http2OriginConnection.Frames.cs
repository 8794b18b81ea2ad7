// Hot: every frame of every HTTP/2 connection to an origin.
using System.Buffers.Binary;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http1;
using Weir.Http.Http2;
using Weir.Streams.Output;
using Weir.Telemetry.Counting;

namespace Weir.Upstream.Http2;

/// <summary>What each frame of the server does.</summary>
internal sealed partial class Http2OriginConnection
{
    protected override Http2Fault Take(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        switch (frame.Type)
        {
            case FrameType.Data:
                return TakeData(frame, payload);
            case FrameType.Headers:
                return TakeHeaders(frame, payload);
            case FrameType.Continuation:
                return ContinueBlock(frame, payload);
            case FrameType.Settings:
                return TakeSettings(frame, payload);
            case FrameType.WindowUpdate:
                return _windowFrames.TrySpend(Loop.NowMs) ? OpenWindow(frame, payload) : Flood();
            case FrameType.RstStream:
                return TakeReset(frame, payload);
            case FrameType.Ping:
                return TakePing(frame, payload);
            case FrameType.GoAway:
                return TakeGoAway(payload);
            case FrameType.Priority:
                return _idleFrames.TrySpend(Loop.NowMs) ? FrameRules.CheckPriority(frame.StreamId, payload) : Flood();
            case FrameType.PriorityUpdate:
                // RFC 9218 section 7.1: only clients send it.
                return Http2Fault.Connection(Http2ErrorCode.ProtocolError, "PRIORITY_UPDATE from a server");
            default:
                // RFC 9113 section 4.1: unknown types are ignored, which costs too.
                return _idleFrames.TrySpend(Loop.NowMs) ? default : Flood();
        }
    }

    private StreamState StateOf(int streamId, out Http2OriginStream? stream)
    {
        if (_streams.TryGetValue(streamId, out stream))
        {
            return stream.State;
        }

        // RFC 9113 section 5.1.1: even numbers are for pushes, and there are none.
        return (streamId & 1) == 0 || streamId >= _nextId ? StreamState.Idle : _closed.Find(streamId);
    }

    protected override StreamSender? FindSender(int streamId, out StreamState state)
    {
        state = StateOf(streamId, out Http2OriginStream? stream);
        return stream?.Sender;
    }

    private Http2Fault TakeData(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (!TryTakeReceiveWindow(frame.Length))
        {
            return Http2Fault.Connection(Http2ErrorCode.FlowControlError, "more content than the connection's window allows");
        }

        StreamState state = StateOf(frame.StreamId, out Http2OriginStream? stream);
        Http2Fault fault = StreamRules.Receive(state, frame.Type);
        if (!fault.IsSet)
        {
            fault = FrameRules.Unwrap(frame, ref payload);
        }

        if (!fault.IsSet && stream is { HasFinalHead: false })
        {
            fault = Http2Fault.Stream(Http2ErrorCode.ProtocolError, "content before the head");
        }

        if (fault.IsSet || stream is null)
        {
            // Nobody keeps it: RFC 9113 section 5.1 wants it counted all the same.
            CreditConnection(frame.Length);
            return fault;
        }

        bool isEnd = frame.Has(FrameFlags.EndStream);
        if (payload.IsEmpty && !isEnd && !_idleFrames.TrySpend(Loop.NowMs))
        {
            return Flood();
        }

        if (frame.Length > 0)
        {
            fault = stream.Body.OnData(payload, frame.Length);
            Connection.WantsLargeBuffer = !isEnd;
        }

        return !fault.IsSet && isEnd ? stream.OnRemoteEnd() : fault;
    }

    private Http2Fault TakeHeaders(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        StreamState state = StateOf(frame.StreamId, out _);
        Http2Fault fault = state == StreamState.Idle
            ? Http2Fault.Connection(Http2ErrorCode.ProtocolError, "a head on a stream that was never opened")
            : StreamRules.Receive(state, frame.Type);
        if (fault.IsSet && !fault.IsStream)
        {
            return fault;
        }

        return BeginBlock(frame, payload, fault);
    }

    protected override Http2Fault EndlessBlock() => Flood();

    protected override Http2Fault Overfull() => Flood();

    protected override Http2Fault TakeBlock(int streamId, bool endsStream, ReadOnlySpan<byte> block, Http2Fault pending)
    {
        _streams.TryGetValue(streamId, out Http2OriginStream? stream);
        if (stream is null || pending.IsSet || stream.HasFinalHead)
        {
            return TakeTrailers(stream, endsStream, block, pending);
        }

        Http2ResponseTarget target = _pool.ResponseTarget;
        ResponseHead head = stream.HeadToFill();
        target.Begin(head, _pool.HeadLimits);
        if (_decoder.Decode(block, _pool.Scratch(block.Length), target) != HpackStatus.Done)
        {
            return Undecodable();
        }

        if (target.ListOctets > (long)_pool.HeadLimits.HeadOctets * Http2OriginLimits.BombFactor)
        {
            return Flood();
        }

        RejectReason reason = target.Finish(stream.Method, endsStream);
        if (reason != RejectReason.None)
        {
            Refuse(stream, reason, target.Fault);
            return default;
        }

        _streamLimit += _streamLimit < AllowedStreams ? 1 : 0;
        return stream.OnHead(head, endsStream)
            ? default
            : Http2Fault.Stream(Http2ErrorCode.EnhanceYourCalm, "too many interim responses");
    }

    /// <summary>A response that nobody may see: its stream is reset, the connection goes on.</summary>
    private void Refuse(Http2OriginStream stream, RejectReason reason, string? fault)
    {
        _pool.Counters.Add(CounterFamily.RejectedOriginHeads, (int)reason);
        stream.RejectText = fault ?? RejectReasons.Name(reason);
        bool isTooLarge = reason is RejectReason.HeadTooLarge or RejectReason.TooManyFields;
        Output.WriteReset(stream.Id, isTooLarge ? Http2ErrorCode.Cancel : Http2ErrorCode.ProtocolError);
        Forget(stream, StreamState.ClosedByReset);
        stream.Cut(isTooLarge ? ProxyErrors.OriginHeadTooLarge : ProxyErrors.OriginBadHead, isTold: true);
        FlushLater();
    }

    private Http2Fault TakeTrailers(Http2OriginStream? stream, bool endsStream, ReadOnlySpan<byte> block, Http2Fault pending)
    {
        Http2TrailerTarget target = _pool.TrailerTarget;
        bool isWanted = stream is not null && !pending.IsSet;
        target.Begin(isWanted ? stream!.Body.TrailerFields : null, _pool.HeadLimits.HeadOctets, _pool.HeadLimits.FieldCount);
        if (_decoder.Decode(block, _pool.Scratch(block.Length), target) != HpackStatus.Done)
        {
            return Undecodable();
        }

        if (target.ListOctets > (long)_pool.HeadLimits.HeadOctets * Http2OriginLimits.BombFactor)
        {
            return Flood();
        }

        if (!isWanted)
        {
            return pending;
        }

        // RFC 9113 section 8.1: behind the final head a block ends the stream.
        return !endsStream || target.Fault is not null
            ? Http2Fault.Stream(Http2ErrorCode.ProtocolError, target.Fault ?? "a second field block that does not end the stream")
            : target.IsTooLarge ? Http2Fault.Stream(Http2ErrorCode.Cancel, "trailers that are too large") : stream!.OnRemoteEnd();
    }

    private Http2Fault TakeSettings(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (!_idleFrames.TrySpend(Loop.NowMs))
        {
            return Flood();
        }

        if (frame.Has(FrameFlags.Ack))
        {
            return default;
        }

        int windowBefore = _peer.InitialWindowSize;
        Http2Fault fault = _peer.Apply(payload, isFromServer: true);
        if (fault.IsSet)
        {
            return fault;
        }

        Output.AcceptSettings(_peer);
        FlushLater();
        _streamLimit = AllowedStreams;
        int difference = _peer.InitialWindowSize - windowBefore;
        if (difference != 0)
        {
            foreach (Http2OriginStream stream in _streams.Values)
            {
                if (!stream.Sender.TryShiftWindow(difference))
                {
                    // RFC 9113 section 6.9.2.
                    return Http2Fault.Connection(Http2ErrorCode.FlowControlError, "a window becomes too large");
                }
            }
        }

        if (!HasSettings)
        {
            HasSettings = true;
            _starting?.TrySetResult(null);
            _starting = null;
        }
        else
        {
            _pool.OnRoom();
        }

        return default;
    }

    private int AllowedStreams => Math.Min(_peer.MaxConcurrentStreams, Http2OriginLimits.Streams);

    private Http2Fault TakeReset(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        Http2Fault fault = StreamRules.Receive(StateOf(frame.StreamId, out Http2OriginStream? stream), frame.Type);
        if (fault.IsSet || stream is null)
        {
            return fault.IsSet ? fault : _idleFrames.TrySpend(Loop.NowMs) ? default : Flood();
        }

        Http2ErrorCode code = (Http2ErrorCode)BinaryPrimitives.ReadInt32BigEndian(payload);
        bool isWhole = stream.IsRemoteOver;
        Forget(stream, StreamState.ClosedByPeer);
        if (isWhole)
        {
            // RFC 9113 section 8.1: the response is whole, and the server does not want the rest of the request.
            stream.StopSending();
        }
        else if (code == Http2ErrorCode.RefusedStream)
        {
            // RFC 9113 section 8.7: nothing was done. It has as many streams as it can take; what it answers brings more again.
            _pool.Counters.Add(Counter.OriginHttp2Refused);
            _streamLimit = Math.Max(1, Math.Min(_streamLimit, _streams.Count));
            stream.Cut(ProxyErrors.OriginRefused, isTold: true);
        }
        else
        {
            _pool.Counters.Add(Counter.OriginHttp2Resets);
            stream.RejectText = $"reset by the server with {code}";
            stream.Cut(ProxyErrors.OriginReset, isTold: true);
        }

        return default;
    }

    private Http2Fault TakePing(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (frame.Has(FrameFlags.Ack))
        {
            bool wasAsked = IsAsked;
            _pingSinceMs = 0;
            if (wasAsked)
            {
                _pool.OnRoom();
            }

            return default;
        }

        if (!_idleFrames.TrySpend(Loop.NowMs))
        {
            return Flood();
        }

        Output.WritePing(payload, isAck: true);
        FlushLater();
        return default;
    }

    private Http2Fault TakeGoAway(ReadOnlySpan<byte> payload)
    {
        if (!_idleFrames.TrySpend(Loop.NowMs))
        {
            return Flood();
        }

        int lastId = (int)(BinaryPrimitives.ReadUInt32BigEndian(payload) & 0x7FFFFFFF);
        if (!_takesNoMore)
        {
            _pool.Counters.Add(Counter.OriginHttp2Goaways);
        }

        TakeNoMore();
        for (Http2OriginStream? stream = _first; stream is not null; stream = stream.Next)
        {
            if (stream.Id > lastId && _streams.ContainsKey(stream.Id))
            {
                // RFC 9113 section 6.8: the server has not touched them and never will.
                _pool.Counters.Add(Counter.OriginHttp2Refused);
                Forget(stream, StreamState.ClosedByPeer);
                stream.Cut(ProxyErrors.OriginRefused, isTold: true);
            }
            else if (stream.Id == 0)
            {
                stream.Cut(ProxyErrors.OriginRefused);
            }
        }

        _pool.OnRoom();
        return default;
    }

    protected override void ResetFor(int streamId, Http2Fault fault)
    {
        if (!_streams.TryGetValue(streamId, out Http2OriginStream? stream))
        {
            if (!_idleFrames.TrySpend(Loop.NowMs))
            {
                Finish(Flood());
                return;
            }

            Output.WriteReset(streamId, fault.Code);
            FlushLater();
            return;
        }

        Output.WriteReset(streamId, fault.Code);
        Forget(stream, StreamState.ClosedByReset);
        stream.RejectText = fault.Text;
        stream.Cut(ProxyErrors.OriginBadHead, isTold: true);
        FlushLater();
    }

    private Http2Fault Flood()
    {
        _pool.Counters.Add(Counter.OriginHttp2Floods);
        return Http2Fault.Connection(Http2ErrorCode.EnhanceYourCalm, "too much work for nothing");
    }
}
