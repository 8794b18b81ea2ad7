// Hot: asked for each request that an expression looks at.
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Expressions.Evaluation;

/// <summary>A field that is a text.</summary>
internal sealed class TextFieldNode : TextNode
{
    private readonly TextField _field;

    public TextFieldNode(TextField field) => _field = field;

    /// <summary>Whether it lies in the request's head as it is.</summary>
    public bool IsOfHead => _field <= TextField.Version;

    public override string Source => _field.ToString();

    public override ReadOnlySpan<byte> Evaluate(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        return _field switch
        {
            TextField.Path => request.Path,
            TextField.Method => request.MethodToken,
            TextField.Host => request.Host,
            TextField.Query => request.Query,
            TextField.Scheme => request.IsHttps ? "https"u8 : "http"u8,
            TextField.Target => request.Target,
            TextField.Version => VersionOf(request.Version),
            TextField.TlsVersion => Octets(exchange.Connection.Tls?.Version),
            TextField.TlsCipher => Octets(exchange.Connection.Tls?.Cipher),
            TextField.TlsServerName => Octets(exchange.Connection.Tls?.ServerName),
            TextField.TlsProtocol => Octets(exchange.Connection.Tls?.Protocol),
            TextField.TlsClientSubject => Octets(exchange.Connection.Tls?.ClientSubject),
            TextField.TlsClientFingerprint => Octets(exchange.Connection.Tls?.ClientFingerprint),
            TextField.TlsJa4 => Octets(exchange.Connection.TlsFingerprint),
            TextField.Site => Octets(exchange.SiteName),
            TextField.Route => Octets(exchange.RouteName),
            _ => Octets(exchange.UpstreamName),
        };
    }

    private static ReadOnlySpan<byte> VersionOf(HttpVersion version) => version switch
    {
        HttpVersion.Http10 => "HTTP/1.0"u8,
        HttpVersion.Http2 => "HTTP/2"u8,
        HttpVersion.Http3 => "HTTP/3"u8,
        _ => "HTTP/1.1"u8,
    };

    private static ReadOnlySpan<byte> Octets(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return default;
        }

        Span<byte> room = Scratch.Take(Encoding.UTF8.GetMaxByteCount(text.Length));
        return room[..Encoding.UTF8.GetBytes(text, room)];
    }
}
