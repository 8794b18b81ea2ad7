namespace Weir.Http.Http2;

/// <summary>What is wrong with what a peer sent, and how far it reaches (RFC 9113 section 5.4).</summary>
public readonly struct Http2Fault
{
    private Http2Fault(Http2ErrorCode code, bool isStream, string text)
    {
        Code = code;
        IsStream = isStream;
        Text = text;
    }

    /// <summary>Nothing is wrong.</summary>
    public static Http2Fault None => default;

    /// <summary>Whether anything is wrong.</summary>
    public bool IsSet => Text is not null;

    /// <summary>The code that the peer is told.</summary>
    public Http2ErrorCode Code { get; }

    /// <summary>Whether only the stream ends; else the connection does.</summary>
    public bool IsStream { get; }

    /// <summary>What is wrong, in a few words: for GOAWAY's debug data and for logs.</summary>
    public string? Text { get; }

    /// <summary>The connection ends.</summary>
    public static Http2Fault Connection(Http2ErrorCode code, string text) => new(code, false, text);

    /// <summary>The stream ends.</summary>
    public static Http2Fault Stream(Http2ErrorCode code, string text) => new(code, true, text);
}
