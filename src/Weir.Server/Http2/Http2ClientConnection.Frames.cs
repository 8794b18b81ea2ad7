// Hot: every frame of every HTTP/2 client.
using System.Buffers.Binary;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http1;
using Weir.Http.Http2;
using Weir.Http.Semantics;
using Weir.Streams.Output;
using Weir.Telemetry.Counting;

namespace Weir.Server.Http2;

/// <summary>What each frame of the client does.</summary>
internal sealed partial class Http2ClientConnection
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
                return TrySpend(Http2Abuse.WindowUpdate) ? OpenWindow(frame, payload) : default;
            case FrameType.RstStream:
                return TakeReset(frame);
            case FrameType.Ping:
                return TakePing(frame, payload);
            case FrameType.GoAway:
                // The client opens no more streams; those that are open go on.
                BeginDrain();
                return default;
            case FrameType.Priority:
                return TrySpend(Http2Abuse.Priority) ? FrameRules.CheckPriority(frame.StreamId, payload) : default;
            case FrameType.PriorityUpdate:
                return TakePriorityUpdate(payload);
            default:
                // RFC 9113 section 4.1: unknown types are ignored, which costs too.
                TrySpend(Http2Abuse.Priority);
                return default;
        }
    }

    private StreamState StateOf(int streamId, out Http2Stream? stream)
    {
        if (_streams.TryGetValue(streamId, out stream))
        {
            return stream.State;
        }

        // RFC 9113 section 5.1.1: even numbers are the server's, and it opens none.
        return (streamId & 1) == 0 || streamId > _highestId ? StreamState.Idle : _closed.Find(streamId);
    }

    protected override StreamSender? FindSender(int streamId, out StreamState state)
    {
        state = StateOf(streamId, out Http2Stream? stream);
        return stream?.Sender;
    }

    private Http2Fault TakeData(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (!TryTakeReceiveWindow(frame.Length))
        {
            return Http2Fault.Connection(Http2ErrorCode.FlowControlError, "more content than the connection's window allows");
        }

        StreamState state = StateOf(frame.StreamId, out Http2Stream? stream);
        Http2Fault fault = StreamRules.Receive(state, frame.Type);
        if (!fault.IsSet)
        {
            fault = FrameRules.Unwrap(frame, ref payload);
        }

        if (fault.IsSet || stream is null)
        {
            // Nobody keeps it: RFC 9113 section 5.1 wants it counted all the same.
            CreditConnection(frame.Length);
            return fault;
        }

        bool isEnd = frame.Has(FrameFlags.EndStream);
        if (payload.IsEmpty && !isEnd && !TrySpend(Http2Abuse.EmptyData))
        {
            return default;
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
        Http2Fault fault = StreamRules.Receive(state, frame.Type);
        if (fault.IsSet && !fault.IsStream)
        {
            return fault;
        }

        if (state == StreamState.Idle && (frame.StreamId & 1) == 0)
        {
            // RFC 9113 section 5.1.1.
            return Http2Fault.Connection(Http2ErrorCode.ProtocolError, "a client's stream with an even number");
        }

        return BeginBlock(frame, payload, fault);
    }

    protected override Http2Fault EndlessBlock() => Flood(Http2Abuse.Continuation);

    protected override Http2Fault TakeBlock(int streamId, bool endsStream, ReadOnlySpan<byte> block, Http2Fault pending)
    {
        if (_streams.TryGetValue(streamId, out Http2Stream? stream))
        {
            return TakeTrailers(stream, endsStream, block, pending);
        }

        if (streamId <= _highestId || pending.IsSet)
        {
            // The stream is closed, or was opened wrongly: only the table matters.
            Reach(streamId);
            _shared.Trailers.Begin(null, int.MaxValue, int.MaxValue);
            return _decoder.Decode(block, _shared.Scratch(block.Length), _shared.Trailers) == HpackStatus.Done ? pending : Undecodable();
        }

        return OpenStream(streamId, endsStream, block);
    }

    private void Reach(int streamId)
    {
        if (streamId > _highestId + 2)
        {
            _closed.Skip(_highestId + 1, streamId - 1);
        }

        _highestId = Math.Max(_highestId, streamId);
    }

    private Http2Fault OpenStream(int streamId, bool endsStream, ReadOnlySpan<byte> block)
    {
        Reach(streamId);
        _requestsThisTurn++;
        Exchange exchange = Server.RentExchange();
        Http2Stream stream = _shared.RentStream();
        exchange.Begin(_client.Info, stream, Loop);
        exchange.Timings.StartedNs = Loop.NowNs;
        exchange.Request.IsHttps = _client.Info.IsTls;
        stream.Begin(this, streamId, exchange, _peer.InitialWindowSize);
        Http2RequestTarget target = _shared.Request;
        target.Begin(exchange.Request, Limits.Head);
        if (_decoder.Decode(block, _shared.Scratch(block.Length), target) != HpackStatus.Done)
        {
            Return(stream, exchange);
            return Undecodable();
        }

        if (target.ListOctets > (long)Limits.Head.HeadOctets * Http2Limits.BombFactor)
        {
            Return(stream, exchange);
            return Flood(Http2Abuse.HpackBomb);
        }

        // A stream that was reset may still have its exchange: both count.
        if (_streams.Count >= Http2Limits.Streams || _running >= Http2Limits.Streams || _step == Step.Draining)
        {
            Return(stream, exchange);
            if (!TrySpend(Http2Abuse.Streams))
            {
                return default;
            }

            _closed.Add(streamId, StreamState.ClosedByReset);
            Output.WriteReset(streamId, Http2ErrorCode.RefusedStream);
            FlushLater();
            return default;
        }

        RejectReason reason = target.Finish(endsStream, allowsProtocol: true, out RequestFraming framing);
        if (reason == RejectReason.None && framing.TargetForm != TargetForm.Authority
            && framing.IsTargetHttps != _client.Info.IsTls && !_client.Info.IsTrustedProxy)
        {
            // RFC 9110 section 7.4: as in HTTP/1.1, but every HTTP/2 request names its scheme.
            reason = RejectReason.WrongScheme;
        }

        if (reason != RejectReason.None)
        {
            return Reject(stream, exchange, reason, endsStream);
        }

        if (!target.Protocol.IsEmpty)
        {
            if (endsStream || !ExtendedConnect.TryConvert(exchange, target.Protocol))
            {
                return Reject(stream, exchange, RejectReason.BadConnectTarget, endsStream);
            }

            framing.BodyLength = BodyLength.None;
            stream.AllowTunnel();
        }

        _requestCount++;
        _streams.Add(streamId, stream);
        EnsureTick();
        exchange.Timings.HeadNs = Loop.NowNs;
        if (exchange.Request.Fields.TryGet("priority"u8, out ReadOnlySpan<byte> priority))
        {
            stream.Priority = StreamPriority.Parse(priority, StreamPriority.Default);
        }

        if (_early is not null && _early.TryTake(streamId, out StreamPriority early))
        {
            // RFC 9218 section 7: the frame says it anew, as it would of an open stream.
            stream.Priority = early;
        }

        stream.Prepare(framing, endsStream);
        Postpone(stream);
        return default;
    }

    private void Postpone(Http2Stream stream)
    {
        _running++;
        if (_lastPending is null)
        {
            _firstPending = stream;
        }
        else
        {
            _lastPending.NextPending = stream;
        }

        _lastPending = stream;
    }

    // A request whose RST_STREAM came with it costs its head and nothing else: neither a module nor an origin hears of it. That is what
    // makes resets in masses cheap before the budget for them is spent.
    protected override void OnFramesRead()
    {
        Http2Stream? stream = _firstPending;
        _firstPending = null;
        _lastPending = null;
        while (stream is not null)
        {
            Http2Stream? next = stream.NextPending;
            stream.NextPending = null;
            if (stream.IsCut)
            {
                _running--;
                stream.Drop();
            }
            else
            {
                Server.Counters.Add(Counter.ExchangesStarted);
                stream.Run();
            }

            stream = next;
        }
    }

    private Http2Fault Reject(Http2Stream stream, Exchange exchange, RejectReason reason, bool endsStream)
    {
        int streamId = stream.Id;
        ResponseHead answer = exchange.Response;
        answer.Clear();
        answer.Status = RejectReasons.Status(reason);
        if (reason != RejectReason.MalformedHttp2
            && exchange.Request.Fields.TryGet(KnownField.ContentType, out ReadOnlySpan<byte> type) && GrpcType.Is(type))
        {
            // As far as the head could be read, its sender understands nothing else.
            GrpcStatus.Put(answer, GrpcStatus.Of(answer.Status));
        }

        Server.Counters.Add(CounterFamily.RejectedHeads, (int)reason);
        Server.RejectObserver?.OnRejected(exchange, reason, answer.Status);
        LimitNotes.Write(Server.Log, _client.Info, reason);
        if (reason == RejectReason.MalformedHttp2)
        {
            Return(stream, exchange);
            return Http2Fault.Stream(Http2ErrorCode.ProtocolError, _shared.Request.Fault ?? "a malformed request");
        }

        answer.Fields.Add(KnownField.Date, Loop.DateValue);
        HeadForm form = new(answer.Status, BodyLength.None, KeepsLength: false, EndsStream: true);
        bool isAnswered = Output.TryWriteHead(streamId, answer, form, out _) == WriteProgress.Done;
        Return(stream, exchange);
        _closed.Add(streamId, isAnswered && endsStream ? StreamState.ClosedByEnd : StreamState.ClosedByReset);
        if (!isAnswered || !endsStream)
        {
            Output.WriteReset(streamId, isAnswered ? Http2ErrorCode.NoError : Http2ErrorCode.EnhanceYourCalm);
        }

        TrySpend(Http2Abuse.ProvokedReset);
        FlushLater();
        return default;
    }

    private Http2Fault TakeTrailers(Http2Stream stream, bool endsStream, ReadOnlySpan<byte> block, Http2Fault pending)
    {
        if (stream.IsTunnel && !pending.IsSet)
        {
            // RFC 9113 section 8.5.
            pending = Http2Fault.Stream(Http2ErrorCode.ProtocolError, "a field block in a tunnel");
        }

        Http2TrailerTarget target = _shared.Trailers;
        target.Begin(pending.IsSet ? null : stream.Body.TrailerFields, Limits.Head.HeadOctets, Limits.Head.FieldCount);
        if (_decoder.Decode(block, _shared.Scratch(block.Length), target) != HpackStatus.Done)
        {
            return Undecodable();
        }

        if (target.ListOctets > (long)Limits.Head.HeadOctets * Http2Limits.BombFactor)
        {
            return Flood(Http2Abuse.HpackBomb);
        }

        if (pending.IsSet)
        {
            return pending;
        }

        // RFC 9113 section 8.1: a second block ends the stream.
        if (!endsStream || target.Fault is not null)
        {
            return Http2Fault.Stream(Http2ErrorCode.ProtocolError, target.Fault ?? "a second field block that does not end the stream");
        }

        if (target.IsTooLarge)
        {
            stream.Body.Fail(ProxyErrors.TrailersTooLarge);
        }

        return stream.OnRemoteEnd();
    }

    private Http2Fault TakeSettings(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (!TrySpend(Http2Abuse.Settings))
        {
            return default;
        }

        if (frame.Has(FrameFlags.Ack))
        {
            _isAcknowledged = true;
            return default;
        }

        int windowBefore = _peer.InitialWindowSize;
        Http2Fault fault = _peer.Apply(payload, isFromServer: false);
        if (fault.IsSet)
        {
            return fault;
        }

        HasSettings = true;
        Output.AcceptSettings(_peer);
        FlushLater();
        int difference = _peer.InitialWindowSize - windowBefore;
        if (difference == 0)
        {
            return default;
        }

        foreach (Http2Stream stream in _streams.Values)
        {
            if (!stream.Sender.TryShiftWindow(difference))
            {
                // RFC 9113 section 6.9.2.
                return Http2Fault.Connection(Http2ErrorCode.FlowControlError, "a window becomes too large");
            }
        }

        return default;
    }

    private Http2Fault TakeReset(in FrameHeader frame)
    {
        Http2Fault fault = StreamRules.Receive(StateOf(frame.StreamId, out Http2Stream? stream), frame.Type);
        if (fault.IsSet)
        {
            return fault;
        }

        bool isUnanswered = stream is { HasStarted: false };
        if (stream is not null)
        {
            Forget(stream, StreamState.ClosedByPeer);
            stream.Cut(ProxyErrors.ClientAborted);
        }

        TrySpend(isUnanswered ? Http2Abuse.RapidReset : Http2Abuse.LateReset);
        return default;
    }

    private Http2Fault TakePing(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (frame.Has(FrameFlags.Ack))
        {
            if (_step == Step.Announced)
            {
                EndAnnouncement();
            }

            return default;
        }

        if (TrySpend(Http2Abuse.Ping))
        {
            Output.WritePing(payload, isAck: true);
            FlushLater();
        }

        return default;
    }

    private Http2Fault TakePriorityUpdate(ReadOnlySpan<byte> payload)
    {
        if (!TrySpend(Http2Abuse.Priority))
        {
            return default;
        }

        int streamId = (int)(BinaryPrimitives.ReadUInt32BigEndian(payload) & 0x7FFFFFFF);
        if ((streamId & 1) == 0)
        {
            // RFC 9218 section 7.1: neither stream 0 has a priority, nor a push that was never promised.
            return Http2Fault.Connection(Http2ErrorCode.ProtocolError, "a priority for a stream that no client opens");
        }

        if (_streams.TryGetValue(streamId, out Http2Stream? stream))
        {
            // RFC 9218 section 7.1: it says the whole priority, not a change.
            stream.Priority = StreamPriority.Parse(payload[4..], StreamPriority.Default);
            Requeue(stream.Sender);
        }
        else if (streamId > _highestId)
        {
            _early ??= new EarlyPriorities();
            _early.Add(streamId, StreamPriority.Parse(payload[4..], StreamPriority.Default));
        }

        return default;
    }

    protected override void ResetFor(int streamId, Http2Fault fault)
    {
        if (StateOf(streamId, out _) == StreamState.Idle)
        {
            // RFC 9113 section 6.4: no RST_STREAM on a stream that was never opened. PRIORITY is what may come there.
            Finish(fault);
            return;
        }

        if (!TrySpend(Http2Abuse.ProvokedReset))
        {
            return;
        }

        if (_streams.TryGetValue(streamId, out Http2Stream? stream))
        {
            Reset(stream, fault.Code, ProxyErrors.BadBody);
            return;
        }

        _closed.Add(streamId, StreamState.ClosedByReset);
        Output.WriteReset(streamId, fault.Code);
        FlushLater();
    }
}
