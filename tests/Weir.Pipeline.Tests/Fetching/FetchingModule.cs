using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Pipeline.Tests.Fetching;

/// <summary>Answers every request with what it fetches below itself, or from an upstream by name.</summary>
internal sealed class FetchingModule : IRequestModule
{
    public int DeadlineMs { get; init; } = 10_000;

    public int WindowOctets { get; init; } = IFetcher.DefaultWindowOctets;

    public string? Upstream { get; init; }

    /// <summary>Whether the test releases the body, not the module.</summary>
    public bool KeepsBody { get; init; }

    public FetchResult? Result { get; private set; }

    public ProxyError? Error => Result?.Error;

    public async ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        IFetcher fetcher = exchange.Fetcher!;
        Result = Upstream is null
            ? await fetcher.FetchBelowAsync(exchange, exchange.Request, DeadlineMs, WindowOctets)
            : await fetcher.FetchUpstreamAsync(exchange, Upstream, exchange.Request, DeadlineMs, WindowOctets);
        if (Result.Body is not { } body)
        {
            exchange.Answer(Result.Error!.Status);
            return Verdict.Answered;
        }

        exchange.Answer(Result.Head!.Status);
        BodyReader reader = body.OpenReader(exchange.Loop);
        exchange.ResponseBody = reader;
        exchange.Response.BodyLength = reader.Length;
        if (!KeepsBody)
        {
            body.Release();
        }

        return Verdict.Answered;
    }
}
