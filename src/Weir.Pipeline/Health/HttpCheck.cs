using System.Globalization;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Upstream;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Health;

/// <summary>Asks by a request whose status, and perhaps content, says how the server is.</summary>
internal sealed class HttpCheck : RequestCheck
{
    /// <summary>A check of the server behind the pool, which nobody else uses.</summary>
    public HttpCheck(OriginPool pool, string authority, ActiveHealthPolicy policy)
        : base(pool, authority, policy)
    {
    }

    protected override async ValueTask<CheckVerdict> TalkAsync(OriginStream stream)
    {
        if (Policy.ProxyProtocolVersion != 0)
        {
            stream.WriteOwnProxyHeader(Policy.ProxyProtocolVersion);
        }

        WriteHead(Policy.Method, Policy.Path);
        Request.Fields.Add("Accept"u8, "*/*"u8);
        OriginRequestOptions options = new()
        {
            BodyLength = BodyLength.None,
            Close = true,
            WriteTimeoutMs = Policy.TimeoutMs,
            IdleTimeoutMs = Policy.TimeoutMs,
        };
        ProxyError? error = await stream.SendHeadAsync(Request, options) ?? await ReadHeadAsync(stream);
        if (error is not null)
        {
            return Failed(error, stream.RejectDetail);
        }

        string answered = "answered " + Response.Status.ToString(CultureInfo.InvariantCulture);
        if (!Policy.Accepts(Response.Status))
        {
            return CheckVerdict.Bad(answered);
        }

        return Policy.Body is null ? CheckVerdict.Good(answered) : await JudgeBodyAsync(stream, Policy.Body, answered);
    }

    private async ValueTask<CheckVerdict> JudgeBodyAsync(OriginStream stream, BodyExpectation expected, string answered)
    {
        using MemoryStream read = new();
        if (await ReadBodyAsync(stream, read) is { } error)
        {
            return Failed(error, stream.RejectDetail);
        }

        bool isMet = expected.IsMet(read.GetBuffer().AsSpan(0, (int)read.Length));
        return new CheckVerdict(isMet, isMet ? answered : $"{answered} without the expected body ({expected.Text})");
    }
}
