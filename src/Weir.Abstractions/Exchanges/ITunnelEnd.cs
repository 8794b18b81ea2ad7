using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;

namespace Weir.Abstractions.Exchanges;

/// <summary>One end of a tunnel: octets in both directions, each ended by itself (RFC 9110 section 7.8).</summary>
public interface ITunnelEnd : IAbortable
{
    /// <summary>The next octets, lent until the next read; <see cref="BodyRead.IsEnd"/> when this end will send no more.</summary>
    ValueTask<BodyRead> ReadAsync();

    /// <summary>Sends octets, lent until the task completes.</summary>
    ValueTask<ProxyError?> WriteAsync(NativeSlice octets);

    /// <summary>Says that no more octets follow in this direction; the other one goes on.</summary>
    void FinishWriting();
}
