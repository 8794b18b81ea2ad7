using System.Globalization;
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Upstream;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Health;

/// <summary>Asks by gRPC's health checking protocol (grpc.health.v1): a service that is SERVING is well.</summary>
internal sealed class GrpcCheck : RequestCheck
{
    private const string Method = "/grpc.health.v1.Health/Check";

    private readonly PinnedBody _question;

    /// <summary>A check of the server behind the pool, which nobody else uses.</summary>
    public GrpcCheck(OriginPool pool, string authority, ActiveHealthPolicy policy)
        : base(pool, authority, policy) => _question = new PinnedBody(GrpcHealthMessage.Ask(policy.Service));

    protected override async ValueTask<CheckVerdict> TalkAsync(OriginStream stream)
    {
        WriteHead("POST", Method);
        Request.Fields.Add("Content-Type"u8, "application/grpc"u8);
        Request.Fields.Add("grpc-timeout"u8, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Policy.TimeoutMs}m")));
        OriginRequestOptions options = new()
        {
            BodyLength = BodyLength.Unknown,
            SendTeTrailers = true,
            Close = true,
            WriteTimeoutMs = Policy.TimeoutMs,
            IdleTimeoutMs = Policy.TimeoutMs,
        };
        ProxyError? error = await stream.SendHeadAsync(Request, options)
            ?? await stream.FinishBodyAsync(_question.Slice, null)
            ?? await ReadHeadAsync(stream);
        if (error is not null)
        {
            return Failed(error, stream.RejectDetail);
        }

        using MemoryStream read = new();
        error = await ReadBodyAsync(stream, read);
        return error is not null
            ? Failed(error, stream.RejectDetail)
            : Judge(stream.ResponseBody.Trailers, read.GetBuffer().AsSpan(0, (int)read.Length));
    }

    private CheckVerdict Judge(HeaderFields? trailers, ReadOnlySpan<byte> content)
    {
        if (Response.Status != 200)
        {
            return CheckVerdict.Bad(string.Create(CultureInfo.InvariantCulture, $"answered {Response.Status}, which is no gRPC"));
        }

        // An answer without content says it in its only head.
        string? code = trailers?.GetText("grpc-status"u8) ?? Response.Fields.GetText("grpc-status"u8);
        if (code != "0")
        {
            return CheckVerdict.Bad(code switch
            {
                null => "answered without a grpc-status",
                "5" => "it does not know the service (grpc-status 5)",
                "12" => "it has no health service (grpc-status 12)",
                _ => "answered grpc-status " + code,
            });
        }

        return GrpcHealthMessage.ReadStatus(content) switch
        {
            null => CheckVerdict.Bad("the answer is no health message"),
            GrpcHealthMessage.Serving => CheckVerdict.Good("answered SERVING"),
            2 => CheckVerdict.Bad("answered NOT_SERVING"),
            3 => CheckVerdict.Bad("answered SERVICE_UNKNOWN"),
            _ => CheckVerdict.Bad("answered UNKNOWN"),
        };
    }
}
