// Hot for uploads: moves the request's content to the origin, beside the response on its way back.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Upstream;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// One of the two pumps of an exchange. What ends it early also ends the origin's side, so that nobody waits for an answer to half a
/// request. A failure to write is not the last word: the origin may have answered before it closed.
/// </summary>
internal static class RequestPump
{
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public static async ValueTask<ProxyError?> RunAsync(Passage passage, BodyReader body, OriginStream origin)
    {
        ProxyError? error = await MoveAsync(passage.Exchange, body, origin);
        passage.OnPumpDone(error);
        return error;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<ProxyError?> MoveAsync(Exchange exchange, BodyReader body, OriginStream origin)
    {
        TurnShare share = default;
        bool isHeadSent = false;
        while (true)
        {
            ValueTask<BodyRead> reading = body.ReadAsync();
            if (!isHeadSent && !reading.IsCompleted && await origin.WriteBodyAsync(default) is { } headError)
            {
                body.Cancel();
                await reading;
                return headError;
            }

            isHeadSent = true;
            BodyRead read = await reading;
            if (read.Error is not null)
            {
                origin.Abort(read.Error);
                return read.Error;
            }

            if (read.IsEnd)
            {
                return await origin.FinishBodyAsync(read.Data, body.Trailers);
            }

            if (await origin.WriteBodyAsync(read.Data) is { } error)
            {
                return error;
            }

            if (share.IsUsedUpBy(read.Data.Length))
            {
                await exchange.Loop.YieldAsync();
            }
        }
    }
}
