using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// What Weir or a module answers in place of a gRPC server, as gRPC clients understand it: HTTP 200, no content, and grpc-status and
/// grpc-message where there would be trailers.
/// </summary>
internal static class GrpcAnswer
{
    /// <summary>Whether a gRPC client asks. gRPC-Web has content types of its own and stays what it is.</summary>
    public static bool IsWanted(RequestHead request) =>
        request.Version == HttpVersion.Http2 && request.Fields.TryGet(KnownField.ContentType, out ReadOnlySpan<byte> type)
            && GrpcType.Is(type);

    /// <summary>Changes the response, unless it is one of gRPC or no refusal.</summary>
    public static void Convert(Exchange exchange)
    {
        ResponseHead response = exchange.Response;
        HeaderFields fields = response.Fields;
        if (response.Status < 300 || (fields.TryGet(KnownField.ContentType, out ReadOnlySpan<byte> type) && GrpcType.Is(type)))
        {
            return;
        }

        int status = response.Status;
        int code = CodeOf(exchange.ErrorStatus == 0 ? exchange.Error : null, status);
        exchange.Trace?.Add("grpc", $"the client speaks gRPC: grpc-status {code} in place of {status}");
        exchange.ResponseBody.Cancel();
        exchange.ResponseBody = BodyReader.Empty;
        fields.Remove(KnownField.ContentLength);
        fields.Remove(KnownField.ContentEncoding);
        GrpcStatus.Put(response, code);
    }

    /// <summary>The code of an error; of a status where a module chose it.</summary>
    internal static int CodeOf(ProxyError? error, int status)
    {
        if (error is not null && IsTimeout(error))
        {
            // The server may have done what was asked: UNAVAILABLE would invite to repeat it.
            return GrpcStatus.DeadlineExceeded;
        }

        return GrpcStatus.Of(status);
    }

    // A connection that was never made is no time-out of the call.
    private static bool IsTimeout(ProxyError error) =>
        ReferenceEquals(error, ProxyErrors.OriginTimeout) || ReferenceEquals(error, ProxyErrors.TryTimeout)
        || ReferenceEquals(error, ProxyErrors.OriginWriteTimeout) || ReferenceEquals(error, ProxyErrors.OriginIdle)
        || ReferenceEquals(error, ProxyErrors.DeadlineExceeded);
}
