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
    /// <summary>Null when the client has everything; else why not: then it must be cut off (RFC 9112 section 8).</summary>
    public static ValueTask<ProxyError?> RunAsync(Exchange exchange)
    {
        // The common case, head and content in hand and a client that takes them, needs no frame.
        ClientStream client = exchange.Client;
        bool hasBody = !exchange.Response.BodyLength.IsNone && exchange.Request.Method != RequestMethod.Head;
        ValueTask<ProxyError?> starting = client.StartAsync(exchange.Response, hasBody);
        if (!starting.IsCompletedSuccessfully)
        {
            return StartSlowAsync(exchange, client, starting, hasBody);
        }

        if (starting.Result is { } error)
        {
            return new(error);
        }

        return hasBody ? SendBodyAsync(exchange, client) : client.FinishAsync(default, null);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<ProxyError?> StartSlowAsync(
        Exchange exchange, ClientStream client, ValueTask<ProxyError?> starting, bool hasBody)
    {
        ProxyError? error = await starting;
        if (error is not null)
        {
            return error;
        }

        return hasBody ? await SendBodyAsync(exchange, client) : await client.FinishAsync(default, null);
    }

    private static ValueTask<ProxyError?> SendBodyAsync(Exchange exchange, ClientStream client)
    {
        BodyReader body = exchange.ResponseBody;
        ValueTask<BodyRead> reading = body.ReadAsync();
        if (!reading.IsCompletedSuccessfully)
        {
            return SendBodySlowAsync(exchange, client, body, reading);
        }

        BodyRead read = reading.Result;
        if (!read.IsEnd || read.Error is not null)
        {
            return SendBodySlowAsync(exchange, client, body, new(read));
        }

        exchange.SentBodyOctets += read.Data.Length;
        return client.FinishAsync(read.Data, client.AcceptsTrailers ? body.Trailers : null);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<ProxyError?> SendBodySlowAsync(
        Exchange exchange, ClientStream client, BodyReader body, ValueTask<BodyRead> reading)
    {
        TurnShare share = default;
        bool isHeadSent = false;
        while (true)
        {
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

            if (share.IsUsedUpBy(read.Data.Length))
            {
                await exchange.Loop.YieldAsync();
            }

            reading = body.ReadAsync();
        }
    }
}
