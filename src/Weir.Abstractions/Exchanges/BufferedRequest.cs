using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;

namespace Weir.Abstractions.Exchanges;

/// <summary>
/// What came of <see cref="Exchange.BufferRequestAsync"/>: the content, or that there is too much of it, or why it broke.
/// </summary>
public readonly struct BufferedRequest
{
    private BufferedRequest(BufferedBody? body, bool isTooLarge, ProxyError? error)
    {
        Body = body;
        IsTooLarge = isTooLarge;
        Error = error;
    }

    /// <summary>The whole content, valid until the exchange is over; null when there is none, or when it could not be had.</summary>
    public BufferedBody? Body { get; }

    /// <summary>
    /// Whether there is more content than the limit. The module may answer 413, or go on: then all of it passes to the origin, unread.
    /// </summary>
    public bool IsTooLarge { get; }

    /// <summary>
    /// Why the content cannot be read to its end: the client went away, was too slow, broke the framing, or limits.memory is spent. The
    /// module sets <see cref="Exchange.Error"/> to it and returns <see cref="Modules.Verdict.Answered"/>; going on leads to the same error.
    /// </summary>
    public ProxyError? Error { get; }

    /// <summary>Whether the whole content is known: <see cref="Body"/>, or nothing because the request has none.</summary>
    public bool IsWhole => !IsTooLarge && Error is null;

    internal static BufferedRequest Empty => default;

    internal static BufferedRequest TooLarge => new(null, true, null);

    internal static BufferedRequest Of(BufferedBody body, long limitOctets)
    {
        if (body.Error is not null)
        {
            return new(null, false, body.Error);
        }

        return body.Count > limitOctets || !body.IsWhole ? TooLarge : new(body, false, null);
    }
}
