// Hot: judges every frame.
using System.Buffers.Binary;

namespace Weir.Http.Http2;

/// <summary>
/// What RFC 9113 section 6 asks of each type of frame, as far as the frame itself says: sizes, stream numbers, padding. What depends on the
/// state of a stream is the connection's business.
/// </summary>
public static class FrameRules
{
    private const int PriorityOctets = 5;

    /// <summary>Judges a header before its payload is there.</summary>
    /// <param name="frame">The header.</param>
    /// <param name="maxPayload">This side's SETTINGS_MAX_FRAME_SIZE.</param>
    public static Http2Fault CheckHeader(in FrameHeader frame, int maxPayload)
    {
        // RFC 9113 section 4.2. Where a stream error would do, the payload would still have to be read and dropped: who sends it may go.
        if (frame.Length > maxPayload)
        {
            return Fault(Http2ErrorCode.FrameSizeError, "a frame is larger than SETTINGS_MAX_FRAME_SIZE");
        }

        return frame.Type switch
        {
            FrameType.Data or FrameType.Headers or FrameType.Continuation => OnStream(frame),
            FrameType.Priority => frame.StreamId == 0 ? NoStream()
                : frame.Length == PriorityOctets ? default
                : Http2Fault.Stream(Http2ErrorCode.FrameSizeError, "a PRIORITY frame has not five octets"),
            FrameType.RstStream => frame.StreamId == 0 ? NoStream() : Exactly(frame, 4),
            FrameType.Settings => OfSettings(frame),
            FrameType.PushPromise => Fault(Http2ErrorCode.ProtocolError, "PUSH_PROMISE where push is off"),
            FrameType.Ping => frame.StreamId != 0 ? SomeStream() : Exactly(frame, 8),
            FrameType.GoAway => frame.StreamId != 0 ? SomeStream() : AtLeast(frame, 8),
            FrameType.WindowUpdate => Exactly(frame, 4),
            FrameType.PriorityUpdate => frame.StreamId != 0 ? SomeStream() : AtLeast(frame, 4),
            _ => default,
        };
    }

    /// <summary>Judges a header by what came before it, and then by itself.</summary>
    /// <param name="frame">The header.</param>
    /// <param name="hasSettings">Whether the peer's SETTINGS came: they are its first frame.</param>
    /// <param name="block">The field block that may be open.</param>
    public static Http2Fault CheckNext(in FrameHeader frame, bool hasSettings, FieldBlock block)
    {
        if (!hasSettings && (frame.Type != FrameType.Settings || frame.Has(FrameFlags.Ack)))
        {
            // RFC 9113 section 3.4. From an origin it is most likely another protocol.
            return Fault(Http2ErrorCode.ProtocolError, "the first frame is not SETTINGS");
        }

        // RFC 9113 section 6.10.
        return block.IsOpen && (frame.Type != FrameType.Continuation || frame.StreamId != block.StreamId)
            ? Fault(Http2ErrorCode.ProtocolError, "a frame within a field block")
            : CheckHeader(frame, FrameHeader.DefaultMaxPayload);
    }

    /// <summary>
    /// Takes padding off a payload of DATA or HEADERS (RFC 9113 section 6.1), and the old priority off HEADERS (section 6.2).
    /// </summary>
    /// <param name="frame">The header.</param>
    /// <param name="payload">In: the whole payload. Out: content, or the piece of a block.</param>
    public static Http2Fault Unwrap(in FrameHeader frame, ref ReadOnlySpan<byte> payload)
    {
        int padding = 0;
        if (frame.Has(FrameFlags.Padded))
        {
            if (payload.IsEmpty)
            {
                return Fault(Http2ErrorCode.FrameSizeError, "a padded frame has no room for its padding's length");
            }

            padding = payload[0];
            payload = payload[1..];
        }

        Http2Fault fault = default;
        if (frame.Type == FrameType.Headers && frame.Has(FrameFlags.Priority))
        {
            if (payload.Length < PriorityOctets)
            {
                return Fault(Http2ErrorCode.FrameSizeError, "a HEADERS frame has no room for its priority");
            }

            fault = CheckPriority(frame.StreamId, payload);
            payload = payload[PriorityOctets..];
        }

        if (padding > payload.Length)
        {
            return Fault(Http2ErrorCode.ProtocolError, "padding is longer than its frame");
        }

        payload = payload[..^padding];
        return fault;
    }

    /// <summary>RFC 9113 section 5.3.1: of the old priority only this rule is left, that a stream cannot depend on itself.</summary>
    public static Http2Fault CheckPriority(int streamId, ReadOnlySpan<byte> priority)
    {
        uint parent = BinaryPrimitives.ReadUInt32BigEndian(priority) & 0x7FFFFFFF;
        return parent == streamId ? Http2Fault.Stream(Http2ErrorCode.ProtocolError, "a stream depends on itself") : default;
    }

    private static Http2Fault OfSettings(in FrameHeader frame)
    {
        if (frame.StreamId != 0)
        {
            return SomeStream();
        }

        bool isAck = frame.Has(FrameFlags.Ack);
        return (isAck && frame.Length != 0) || frame.Length % Http2Settings.EntryOctets != 0
            ? Fault(Http2ErrorCode.FrameSizeError, "a SETTINGS frame has a size that it cannot have")
            : default;
    }

    private static Http2Fault OnStream(in FrameHeader frame) => frame.StreamId == 0 ? NoStream() : default;

    private static Http2Fault Exactly(in FrameHeader frame, int octets) =>
        frame.Length == octets ? default : Fault(Http2ErrorCode.FrameSizeError, "a frame has not the size of its type");

    private static Http2Fault AtLeast(in FrameHeader frame, int octets) =>
        frame.Length >= octets ? default : Fault(Http2ErrorCode.FrameSizeError, "a frame is smaller than its type allows");

    private static Http2Fault NoStream() => Fault(Http2ErrorCode.ProtocolError, "a frame that belongs to a stream came on stream 0");

    private static Http2Fault SomeStream() =>
        Fault(Http2ErrorCode.ProtocolError, "a frame that belongs to the connection came on a stream");

    private static Http2Fault Fault(Http2ErrorCode code, string text) => Http2Fault.Connection(code, text);
}
