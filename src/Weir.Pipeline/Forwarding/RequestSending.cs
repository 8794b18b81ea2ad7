// Hot: one request head for every try.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Upstream;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Forwarding;

/// <summary>Sends a request's head to an origin and starts the pump of its content beside.</summary>
internal static class RequestSending
{
    // What is held of content without a length for a server that must be told it.
    private const long MaxCountedOctets = 1 << 20;

    // RFC 9110 section 9.2.2: what cannot be repeated does not go out on a connection that may be closing at this moment.
    public static OriginStream? TakePooled(Passage passage, OriginPool pool, ForwardPolicy policy) => policy.ProxyProtocolVersion != 0
        ? null
        : pool.TryTake(MustBeFresh(passage), passage.WantsUpgrade);

    /// <summary>A hold where none is pooled.</summary>
    public static ValueTask<OriginLease> ConnectAsync(Passage passage, OriginPool pool, TryTime time) =>
        pool.ConnectAsync(time.Left(int.MaxValue, passage.Exchange.Loop), MustBeFresh(passage), passage.WantsUpgrade);

    private static bool MustBeFresh(Passage passage) =>
        passage.WantsUpgrade || !RequestMethods.IsIdempotent(passage.Exchange.Request.Method);

    /// <summary>Sends the head; the content follows beside what the caller does next.</summary>
    public static ValueTask<ProxyError?> SendAsync(Passage passage, OriginStream origin, ForwardPolicy policy, TryTime time)
    {
        Exchange exchange = passage.Exchange;
        if (policy.ProxyProtocolVersion != 0)
        {
            origin.WriteProxyHeader(exchange.Connection, exchange.ClientAddress, policy.ProxyProtocolVersion);
        }

        if (origin.IsHttp10 && (exchange.Request.Fields.Has(KnownField.Expect) || !exchange.Request.BodyLength.IsKnown))
        {
            return SendToHttp10Async(passage, origin, policy, time);
        }

        return SendHeadAndPump(passage, origin, OptionsOf(passage, policy, time), policy);
    }

    public static OriginRequestOptions OptionsOf(Passage passage, ForwardPolicy policy, TryTime time)
    {
        Exchange exchange = passage.Exchange;
        BodyLength length = exchange.Request.BodyLength;
        return new OriginRequestOptions
        {
            BodyLength = length,
            KeepUpgrade = passage.WantsUpgrade,
            SendTeTrailers = exchange.Client.AsksForTrailers,
            UseRawTarget = passage.Site is { UsesRawPaths: true } && !exchange.Request.IsTargetChanged,

            // Content that streams may take longer than the try: what counts there is that octets are taken.
            WriteTimeoutMs = length.IsNone ? time.Left(policy.IdleTimeoutMs, exchange.Loop) : policy.IdleTimeoutMs,
            IdleTimeoutMs = policy.IdleTimeoutMs,
        };
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<ProxyError?> SendToHttp10Async(Passage passage, OriginStream origin, ForwardPolicy policy, TryTime time)
    {
        // RFC 9110 section 10.1.1: an HTTP/1.0 server knows no Expect; the client gets its 100 from here.
        ProxyError? error = await passage.Exchange.SendContinueAsync();
        if (error is null && !passage.Exchange.Request.BodyLength.IsKnown)
        {
            error = await CountAsync(passage);
        }

        return error ?? await SendHeadAndPump(passage, origin, OptionsOf(passage, policy, time), policy);
    }

    // RFC 9112 section 6.1: no chunks for a server that is known not to read them. A server that has not answered yet is taken for
    // HTTP/1.1, which is what the configuration says by naming it.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<ProxyError?> CountAsync(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        if (passage.Replay is { } replay)
        {
            exchange.Request.BodyLength = BodyLength.Of(replay.KeptCount);
            return null;
        }

        BufferedRequest content = await exchange.BufferRequestAsync(MaxCountedOctets);
        if (!content.IsWhole)
        {
            return content.Error ?? ProxyErrors.LengthRequired;
        }

        exchange.Request.BodyLength = BodyLength.Of(content.Body?.Count ?? 0);
        return null;
    }

    private static ValueTask<ProxyError?> SendHeadAndPump(
        Passage passage, OriginStream origin, in OriginRequestOptions options, ForwardPolicy policy)
    {
        Exchange exchange = passage.Exchange;
        ValueTask<ProxyError?> sending = origin.SendHeadAsync(exchange.Request, options);
        exchange.Timings.SentNs = exchange.Loop.NowNs;
        if (options.BodyLength.IsNone)
        {
            return sending;
        }

        // With content behind it a head is only put into the output, which completes at once. Content without its head would be a request
        // of the client's making.
        if (sending.IsCompletedSuccessfully && sending.Result is { } error)
        {
            return new(error);
        }

        passage.StartPump(BodyFor(passage, policy, origin.CanRefuse), origin);
        return default;
    }

    private static BodyReader BodyFor(Passage passage, ForwardPolicy policy, bool canBeRefused)
    {
        Exchange exchange = passage.Exchange;
        if (passage.Replay is { } replay)
        {
            return replay.OpenAgain();
        }

        if (exchange.RequestBody is BufferedBody { IsWhole: true } buffered)
        {
            return buffered.OpenAgain();
        }

        bool isWorthKeeping = policy.Attempts > 1 && (canBeRefused || RequestMethods.IsIdempotent(exchange.Request.Method))
            && exchange.Request.BodyLength.Octets <= policy.BufferOctets;
        if (!isWorthKeeping)
        {
            return exchange.RequestBody;
        }

        return passage.KeepForReplay(exchange.RequestBody, policy.BufferOctets);
    }
}
