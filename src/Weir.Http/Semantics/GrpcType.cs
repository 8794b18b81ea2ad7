using System.Text;

namespace Weir.Http.Semantics;

/// <summary>The content types of gRPC over HTTP/2. gRPC-Web has its own and is HTTP like any other.</summary>
public static class GrpcType
{
    private const int NameOctets = 16;

    /// <summary>Whether a Content-Type is "application/grpc", alone, with a "+format" or with parameters.</summary>
    public static bool Is(ReadOnlySpan<byte> contentType) =>
        contentType.Length >= NameOctets && Ascii.EqualsIgnoreCase(contentType[..NameOctets], "application/grpc"u8)
        && (contentType.Length == NameOctets || contentType[NameOctets] is (byte)'+' or (byte)';' or (byte)' ');
}
