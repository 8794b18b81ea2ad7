using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;
using Weir.Http.Semantics;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// What Weir or a module answers in place of a gRPC server, as gRPC clients understand it: HTTP 200, no content, and grpc-status and
/// grpc-message where there would be trailers ("Trailers-Only"). The codes are those of gRPC's mapping from HTTP, but for what Weir knows better.
/// </summary>
internal static class GrpcAnswer
{
    private const int Unknown = 2;
    private const int DeadlineExceeded = 4;
    private const int PermissionDenied = 7;
    private const int ResourceExhausted = 8;
    private const int Unimplemented = 12;
    private const int Internal = 13;
    private const int Unavailable = 14;
    private const int Unauthenticated = 16;

    /// <summary>Whether a gRPC client asks. gRPC-Web has content types of its own and stays what it is.</summary>
    public static bool IsWanted(RequestHead request) =>
        request.Version == HttpVersion.Http2 && request.Fields.TryGet(KnownField.ContentType, out ReadOnlySpan<byte> type) && GrpcType.Is(type);

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
        response.Status = 200;
        response.BodyLength = BodyLength.None;
        fields.Remove(KnownField.ContentLength);
        fields.Remove(KnownField.ContentEncoding);
        fields.Set(KnownField.ContentType, "application/grpc"u8);
        Span<byte> digits = [(byte)('0' + (code / 10)), (byte)('0' + (code % 10))];
        fields.Set("grpc-status"u8, code < 10 ? digits[1..] : digits);
        fields.Set("grpc-message"u8, Encoding.ASCII.GetBytes(ReasonPhrases.For(status)));
    }

    /// <summary>The code of an error; of a status where a module chose it.</summary>
    internal static int CodeOf(ProxyError? error, int status)
    {
        if (error is not null && IsTimeout(error))
        {
            // The server may have done what was asked: UNAVAILABLE would invite to repeat it.
            return DeadlineExceeded;
        }

        return status switch
        {
            400 => Internal,
            401 => Unauthenticated,
            403 => PermissionDenied,
            404 or 405 or 501 => Unimplemented,
            408 => DeadlineExceeded,
            413 or 429 or 431 => ResourceExhausted,
            500 => Internal,
            502 or 503 or 504 => Unavailable,
            _ => Unknown,
        };
    }

    // A connection that was never made is no time-out of the call.
    private static bool IsTimeout(ProxyError error) =>
        ReferenceEquals(error, ProxyErrors.OriginTimeout) || ReferenceEquals(error, ProxyErrors.TryTimeout)
        || ReferenceEquals(error, ProxyErrors.OriginWriteTimeout) || ReferenceEquals(error, ProxyErrors.OriginIdle)
        || ReferenceEquals(error, ProxyErrors.DeadlineExceeded);
}
