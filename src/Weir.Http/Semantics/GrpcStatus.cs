using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Semantics;

/// <summary>
/// The codes of gRPC for what HTTP answers in its place, by gRPC's own mapping but for what is known better, and the head that carries one:
/// HTTP 200 and no content ("Trailers-Only").
/// </summary>
public static class GrpcStatus
{
    /// <summary>Nothing is known.</summary>
    public const int Unknown = 2;

    /// <summary>The call took too long, and may have been done.</summary>
    public const int DeadlineExceeded = 4;

    private const int PermissionDenied = 7;
    private const int ResourceExhausted = 8;
    private const int Unimplemented = 12;
    private const int Internal = 13;
    private const int Unavailable = 14;
    private const int Unauthenticated = 16;

    /// <summary>The code for a status of HTTP.</summary>
    public static int Of(int status) => status switch
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

    /// <summary>Makes a response say the code where it said its status; the status becomes the message.</summary>
    public static void Put(ResponseHead response, int code)
    {
        HeaderFields fields = response.Fields;
        Span<byte> digits = [(byte)('0' + (code / 10)), (byte)('0' + (code % 10))];
        fields.Set(KnownField.ContentType, "application/grpc"u8);
        fields.Set("grpc-status"u8, code < 10 ? digits[1..] : digits);
        fields.Set("grpc-message"u8, Encoding.ASCII.GetBytes(ReasonPhrases.For(response.Status)));
        response.Status = 200;
        response.BodyLength = BodyLength.None;
    }
}
