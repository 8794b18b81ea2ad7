using Weir.Abstractions.Errors;

namespace Weir.Abstractions.Bodies;

/// <summary>What one read of a body brought: octets, perhaps the end, or an error.</summary>
public readonly struct BodyRead
{
    private BodyRead(NativeSlice data, bool isEnd, ProxyError? error)
    {
        Data = data;
        IsEnd = isEnd;
        Error = error;
    }

    /// <summary>The octets, lent until the next read of the same body. May be empty, at the end and only there.</summary>
    public NativeSlice Data { get; }

    /// <summary>Whether these are the last octets: the message was complete.</summary>
    public bool IsEnd { get; }

    /// <summary>Why the body cannot be read to its end; then there is no data.</summary>
    public ProxyError? Error { get; }

    /// <summary>More may follow.</summary>
    public static BodyRead More(NativeSlice data) => new(data, false, null);

    /// <summary>The last octets, perhaps none.</summary>
    public static BodyRead Last(NativeSlice data) => new(data, true, null);

    /// <summary>The body broke.</summary>
    public static BodyRead Failed(ProxyError error) => new(default, true, error);
}
