// Hot: sends every response.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Forwarding;

/// <summary>Sends a response's head and content to the client; each read leaves at once, nothing is collected.</summary>
internal static class ResponsePump
{
    // A connection's share of a turn.
    private const int OctetsPerTurn = 256 * 1024;

    /// <summary>Null when the client has everything; else why not, after the client was cut off.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public static async ValueTask<ProxyError?> RunAsync(Exchange exchange)
    {
        ClientStream client = exchange.Client;
        bool hasBody = !exchange.Response.BodyLength.IsNone && exchange.Request.Method != RequestMethod.Head;
        ProxyError? error = await client.StartAsync(exchange.Response, hasBody);
        if (error is null && !hasBody)
        {
            error = await client.FinishAsync(default, null);
        }
        else if (error is null)
        {
            error = await SendBodyAsync(exchange, client, exchange.ResponseBody);
        }

        if (error is not null)
        {
            // A truncated response must never look complete (RFC 9112 section 8).
            client.Abort();
        }

        return error;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<ProxyError?> SendBodyAsync(Exchange exchange, ClientStream client, BodyReader body)
    {
        int thisTurn = 0;
        bool isHeadSent = false;
        while (true)
        {
            ValueTask<BodyRead> reading = body.ReadAsync();
            if (!isHeadSent && !reading.IsCompleted && await client.WriteAsync(default) is { } headError)
            {
                body.Cancel();
                await reading;
                return headError;
            }

            isHeadSent = true;
            BodyRead read = await reading;
            if (read.Error is not null)
            {
                return read.Error;
            }

            exchange.SentBodyOctets += read.Data.Length;
            if (read.IsEnd)
            {
                return await client.FinishAsync(read.Data, client.AcceptsTrailers ? body.Trailers : null);
            }

            if (await client.WriteAsync(read.Data) is { } error)
            {
                return error;
            }

            thisTurn += read.Data.Length;
            if (thisTurn >= OctetsPerTurn)
            {
                thisTurn = 0;
                await exchange.Loop.YieldAsync();
            }
        }
    }
}
