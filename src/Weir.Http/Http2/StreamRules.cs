namespace Weir.Http.Http2;

/// <summary>What a server's stream does with the frames of its client (RFC 9113 section 5.1), as a table.</summary>
public static class StreamRules
{
    private static readonly Http2Fault _pass = default;
    private static readonly Http2Fault _idle = Http2Fault.Connection(
        Http2ErrorCode.ProtocolError, "a frame on a stream that was never opened");
    private static readonly Http2Fault _skipped = Http2Fault.Connection(
        Http2ErrorCode.ProtocolError, "a stream whose number is not above the last one");
    private static readonly Http2Fault _ended = Http2Fault.Connection(Http2ErrorCode.StreamClosed, "a frame on a stream that has ended");
    private static readonly Http2Fault _halfEnded = Http2Fault.Stream(Http2ErrorCode.StreamClosed, "a frame behind the end of the stream");
    private static readonly Http2Fault _reset = Http2Fault.Stream(Http2ErrorCode.StreamClosed, "a frame on a stream that was reset");

    /// <summary>What a frame means in a state; for HEADERS on an idle stream the number has still to be judged.</summary>
    public static Http2Fault Receive(StreamState state, FrameType type) => type switch
    {
        FrameType.Headers => state switch
        {
            StreamState.HalfClosedRemote => _halfEnded,
            StreamState.ClosedByEnd => _ended,
            StreamState.ClosedByPeer => _reset,
            StreamState.Skipped => _skipped,
            _ => _pass,
        },
        FrameType.Data => state switch
        {
            StreamState.Idle => _idle,
            StreamState.HalfClosedRemote => _halfEnded,
            StreamState.ClosedByEnd or StreamState.Skipped => _ended,
            StreamState.ClosedByPeer => _reset,
            _ => _pass,
        },

        // RFC 9113 section 5.1: both may be on their way when a stream closes.
        FrameType.RstStream or FrameType.WindowUpdate => state == StreamState.Idle ? _idle : _pass,
        _ => _pass,
    };
}
