namespace Weir.Http.Http2;

/// <summary>The error codes of RFC 9113 section 7.</summary>
public enum Http2ErrorCode
{
    /// <summary>Nothing went wrong.</summary>
    NoError = 0,

    /// <summary>The peer broke a rule that no other code names.</summary>
    ProtocolError = 1,

    /// <summary>This side cannot go on.</summary>
    InternalError = 2,

    /// <summary>The peer sent more than the window allows, or made it too large.</summary>
    FlowControlError = 3,

    /// <summary>The peer did not acknowledge settings in time.</summary>
    SettingsTimeout = 4,

    /// <summary>A frame came on a stream that the peer had ended.</summary>
    StreamClosed = 5,

    /// <summary>A frame has a size that it must not have.</summary>
    FrameSizeError = 6,

    /// <summary>The stream was not looked at: it can be tried again.</summary>
    RefusedStream = 7,

    /// <summary>Nobody wants the stream any more.</summary>
    Cancel = 8,

    /// <summary>The tables of field compression can no longer be kept.</summary>
    CompressionError = 9,

    /// <summary>The connection behind a CONNECT was reset.</summary>
    ConnectError = 10,

    /// <summary>The peer makes more work than is reasonable.</summary>
    EnhanceYourCalm = 11,

    /// <summary>The transport is not secure enough.</summary>
    InadequateSecurity = 12,

    /// <summary>The request should be made over HTTP/1.1.</summary>
    Http11Required = 13,
}
