using Weir.Abstractions.Exchanges;
using Weir.Expressions.Evaluation;

namespace Weir.Expressions.Checking;

/// <summary>The one table of fields: what may be named, and the reference page, are made from it.</summary>
public static class FieldTable
{
    /// <summary>Every field, in the order of the reference page.</summary>
    public static IReadOnlyList<FieldDefinition> All { get; } =
    [
        Text("request.method", ExpressionScope.Request, TextField.Method, "The method as sent: GET."),
        Text("request.scheme", ExpressionScope.Request, TextField.Scheme, "http or https, as trusted proxies say."),
        Text("request.host", ExpressionScope.Request, TextField.Host, "The host in lower case, without port."),
        Number("request.port", ExpressionScope.Request, exchange => exchange.Request.Port, "The port that the client names; 0 when it names none."),
        Text("request.path", ExpressionScope.Request, TextField.Path, "The path in the one form that is routed, cached and forwarded."),
        Text("request.query", ExpressionScope.Request, TextField.Query, "The query without the question mark, as sent."),
        Map("request.params", ExpressionScope.Request, MapSource.Params, "The query's parameters, decoded as forms are."),
        Text("request.target", ExpressionScope.Request, TextField.Target, "The target as sent; for looking at spellings, not for rules about paths."),
        Text("request.version", ExpressionScope.Request, TextField.Version, "HTTP/1.0, HTTP/1.1 or HTTP/2."),
        Map("request.headers", ExpressionScope.Request, MapSource.RequestHeaders, "The header fields, by names in any case."),
        Map("request.cookies", ExpressionScope.Request, MapSource.Cookies, "The cookies."),
        Number("request.size", ExpressionScope.Request, exchange => exchange.Request.BodyLength.Octets, "The announced octets of the content; below 0 when none are announced."),
        Address("client.ip", exchange => exchange.ClientAddress, "The client's address, as trusted proxies say."),
        Number("client.port", ExpressionScope.Request, exchange => exchange.Connection.RemotePort, "The port of the client's connection."),
        Address("server.ip", exchange => exchange.Connection.Local, "The address that the client connected to."),
        Number("server.port", ExpressionScope.Request, exchange => exchange.Connection.LocalPort, "The port that the client connected to."),
        Bool("tls.used", exchange => exchange.Connection.IsTls, "Whether the client's connection is TLS."),
        Bool("tls.resumed", exchange => exchange.Connection.Tls?.IsResumed == true, "Whether it resumed an earlier session."),
        Text("tls.version", ExpressionScope.Request, TextField.TlsVersion, "TLSv1.3 or TLSv1.2; empty without TLS."),
        Text("tls.cipher", ExpressionScope.Request, TextField.TlsCipher, "The cipher suite."),
        Text("tls.server_name", ExpressionScope.Request, TextField.TlsServerName, "The host that the client asked for in the handshake."),
        Text("tls.protocol", ExpressionScope.Request, TextField.TlsProtocol, "What was agreed on by ALPN: h2 or http/1.1."),
        Text("tls.client_subject", ExpressionScope.Request, TextField.TlsClientSubject, "Whom the client's certificate names."),
        Text("tls.client_fingerprint", ExpressionScope.Request, TextField.TlsClientFingerprint, "SHA-256 of the client's certificate, in hexadecimal."),
        new("tls.ja4", ValueKind.Text, ExpressionScope.Request, "The fingerprint JA4 of the client's handshake; empty without TLS. It is computed only where something reads it.")
        {
            Node = new TextFieldNode(TextField.TlsJa4),
            Needs = ExpressionNeeds.TlsFingerprint,
        },
        Map("tags", ExpressionScope.Route, MapSource.Tags, "What rules above have tagged the exchange with: \"bot\" in tags."),
        Map("claims", ExpressionScope.Route, MapSource.Claims, "What a token or session that auth_jwt or auth_oidc verified above claims, a list with commas between: claims[\"sub\"]."),
        Text("route.site", ExpressionScope.Route, TextField.Site, "The site's key in the configuration."),
        Text("route.name", ExpressionScope.Route, TextField.Route, "The route; empty in a site's stack, which runs before routing."),
        Text("route.upstream", ExpressionScope.Route, TextField.Upstream, "The upstream that was chosen; empty in a site's stack."),
        Number("response.status", ExpressionScope.Response, exchange => exchange.Response.Status, "The status."),
        Map("response.headers", ExpressionScope.Response, MapSource.ResponseHeaders, "The header fields, by names in any case."),
        Number("response.size", ExpressionScope.Response, exchange => exchange.Response.BodyLength.Octets, "The announced octets of the content; below 0 when none are announced."),
    ];

    /// <summary>The field of a name, or null.</summary>
    internal static FieldDefinition? Find(string name) => All.FirstOrDefault(field => field.Name == name);

    /// <summary>Whether fields begin with that name and a dot.</summary>
    internal static bool IsRoot(string name) => All.Any(field => field.Name.StartsWith(name + ".", StringComparison.Ordinal));

    private static FieldDefinition Text(string name, ExpressionScope scope, TextField field, string text) =>
        new(name, ValueKind.Text, scope, text) { Node = new TextFieldNode(field) };

    private static FieldDefinition Number(string name, ExpressionScope scope, Func<Exchange, long> read, string text) =>
        new(name, ValueKind.Number, scope, text) { Node = new IntFieldNode(read) };

    private static FieldDefinition Address(string name, Func<Exchange, IpAddress> read, string text) =>
        new(name, ValueKind.Address, ExpressionScope.Request, text) { Node = new AddressFieldNode(read) };

    private static FieldDefinition Bool(string name, Func<Exchange, bool> read, string text) =>
        new(name, ValueKind.Bool, ExpressionScope.Request, text) { Node = new BoolFieldNode(read) };

    private static FieldDefinition Map(string name, ExpressionScope scope, MapSource source, string text) =>
        new(name, ValueKind.Map, scope, text) { Node = new MapNode(source) };
}
