// Hot: runs for each request that passes the stack.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Http.Semantics;

namespace Weir.Modules.AuthForward;

/// <summary>
/// Asks a service whether a request may pass. 1 what the client claims to be is taken away 2 the service is asked, with a head of its own
/// and no content 3 its 2xx lets the request pass, with the fields that it names 4 any other answer of its goes to the client 5 no answer,
/// or 5xx, is a failure, which the options decide about.
/// </summary>
internal sealed class AuthForwardModule : IRequestModule, IResponseModule
{
    private const string Name = "auth_forward";

    // An answer that goes to the client is passed on while it arrives.
    private const int WindowOctets = 64 * 1024;

    private readonly string _to;
    private readonly byte[] _path;
    private readonly byte[]? _query;

    /// <param name="to">The upstream.</param>
    /// <param name="path">The path that is asked for.</param>
    /// <param name="query">Its query; null: none.</param>
    public AuthForwardModule(string to, byte[] path, byte[]? query)
    {
        _to = to;
        _path = path;
        _query = query;
    }

    /// <summary>Fields of the service's answer that are copied to the request.</summary>
    public required (byte[] Name, OwnField Field)[] Copied { get; init; }

    /// <summary>Fields of the request that the service is told.</summary>
    public required byte[][] Sent { get; init; }

    /// <summary>How long the service may take.</summary>
    public required int TimeoutMs { get; init; }

    /// <summary>Whether requests pass while the service cannot be asked.</summary>
    public required bool AllowsOnFailure { get; init; }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        foreach ((_, OwnField field) in Copied)
        {
            field.Strip(exchange);
        }

        if (exchange.IsHypothetical)
        {
            exchange.Trace?.Add(Name, $"{_to} would be asked; what follows is for a request that it lets in");
            return new(Verdict.Continue);
        }

        return exchange.Fetcher is { } fetcher ? AskAsync(exchange, fetcher) : new(Fail(exchange, "there is nobody who could ask"));
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        PrivateAnswer.Mark(exchange.Response.Fields);
        return default;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> AskAsync(Exchange exchange, IFetcher fetcher)
    {
        FetchResult result = await fetcher.FetchUpstreamAsync(exchange, _to, Question(exchange.Request), TimeoutMs, WindowOctets);
        if (result is not { Head: { } head, Body: { } body })
        {
            return Fail(exchange, $"{_to} gave no answer: {result.Error?.Name}");
        }

        if (head.Status >= 500)
        {
            body.Release();
            return Fail(exchange, $"{_to} answered {head.Status}");
        }

        if (head.Status is >= 200 and < 300)
        {
            Copy(exchange, head);
            body.Release();
            return Verdict.Continue;
        }

        exchange.Trace?.Add(Name, $"{_to} answered {head.Status}, which goes to the client");
        Pass(exchange, head, body);
        body.Release();
        return Verdict.Answered;
    }

    /// <summary>What the service is asked: a GET in the client's name, for what the client asked for.</summary>
    private RequestHead Question(RequestHead request)
    {
        RequestHead question = new();
        HeaderFields fields = question.Fields;
        question.SetMethod(fields.Store("GET"u8));
        question.ReplacePath(_path);
        question.ReplaceQuery(_query, _query is not null);
        question.SetAuthority(fields.Store(request.Authority), fields.Store(request.Host), request.Port);
        question.Version = HttpVersion.Http11;
        question.IsHttps = request.IsHttps;
        foreach (byte[] name in Sent)
        {
            for (int slot = request.Fields.Find(name); slot >= 0; slot = request.Fields.Find(name, slot + 1))
            {
                fields.Add(name, request.Fields.ValueAt(slot));
            }
        }

        fields.Set("X-Forwarded-Method"u8, request.MethodToken);
        fields.Set("X-Forwarded-Proto"u8, request.IsHttps ? "https"u8 : "http"u8);
        fields.Set("X-Forwarded-Host"u8, request.Authority);
        byte[] target = [.. request.Path, .. request.HasQuery ? "?"u8 : default, .. request.Query];
        fields.Set("X-Forwarded-Uri"u8, target);

        // A site with `paths: raw` forwards what was received, and origins differ in what they make of it: the service is shown both.
        ReadOnlySpan<byte> received = RequestTarget.PathAndQuery(request.Target);
        if (!received.IsEmpty)
        {
            fields.Set("X-Original-Uri"u8, received);
        }

        return question;
    }

    private void Copy(Exchange exchange, ResponseHead head)
    {
        foreach ((byte[] name, OwnField field) in Copied)
        {
            if (head.Fields.TryGet(name, out ReadOnlySpan<byte> value))
            {
                field.Set(exchange.Request.Fields, value);
            }
        }

        exchange.Trace?.Add(Name, $"let in: {_to} answered {head.Status}");
    }

    private static void Pass(Exchange exchange, ResponseHead arriving, FollowedBody body)
    {
        ResponseHead head = exchange.Response;
        head.Clear();
        exchange.ResponseBody = BodyReader.Empty;
        head.Status = arriving.Status;
        head.Version = arriving.Version;
        head.BodyLength = arriving.BodyLength;
        arriving.Fields.CopyTo(head.Fields);

        // What somebody who may not pass is told, or where they are sent, is not for who may.
        PrivateAnswer.Mark(head.Fields);
        if (!head.BodyLength.IsNone && exchange.Request.Method != RequestMethod.Head)
        {
            exchange.ResponseBody = body.OpenReader(exchange.Loop);
        }
    }

    private Verdict Fail(Exchange exchange, string why)
    {
        if (!AllowsOnFailure)
        {
            return AuthRefusal.Unavailable(exchange, Name, why);
        }

        exchange.Trace?.Add(Name, $"let in unasked: {why}");
        return Verdict.Continue;
    }
}
