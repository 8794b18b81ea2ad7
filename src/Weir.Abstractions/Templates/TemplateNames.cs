namespace Weir.Abstractions.Templates;

/// <summary>The one table of placeholders: name, value, meaning.</summary>
public static class TemplateNames
{
    /// <summary>Every placeholder, in the order of the reference page. A name that ends in "." wants an argument behind it.</summary>
    public static IReadOnlyList<(string Name, TemplateValue Value, string Text)> All { get; } =
    [
        ("method", TemplateValue.Method, "The request's method."),
        ("scheme", TemplateValue.Scheme, "http or https, as the client spoke."),
        ("host", TemplateValue.Host, "The host the client asked for, without port."),
        ("port", TemplateValue.Port, "The port the client asked for, else the scheme's own."),
        ("authority", TemplateValue.Authority, "host[:port] as the client wrote it."),
        ("path", TemplateValue.Path, "The path, as the modules so far have left it."),
        ("path.rest", TemplateValue.PathRest, "What the * of the route's path matched, without its slash; before routing the path."),
        ("path.", TemplateValue.PathCapture, "path.1 to path.9: a group of the route's regular expression."),
        ("query", TemplateValue.Query, "The query without \"?\"."),
        ("?query", TemplateValue.QueryWithMark, "\"?\" and the query, or nothing."),
        ("&query", TemplateValue.QueryWithAnd, "\"&\" and the query, or nothing."),
        ("header.", TemplateValue.Header, "header.NAME: the first field of that name of the request, or nothing."),
        ("cookie.", TemplateValue.Cookie, "cookie.NAME: the first cookie of that name, or nothing."),
        ("client.ip", TemplateValue.ClientIp, "The client's address."),
        ("client.port", TemplateValue.ClientPort, "The port of the client's connection."),
        ("request_id", TemplateValue.RequestId, "The request id that origin, log and client see."),
        ("site", TemplateValue.Site, "The site's key in the configuration."),
        ("route", TemplateValue.Route, "The route's description, once it is known."),
        ("upstream", TemplateValue.Upstream, "The upstream's name, once it is known."),
        ("status", TemplateValue.Status, "The response's status code; nothing on the way down."),
        ("time.unix_ms", TemplateValue.UnixMs, "Milliseconds since 1970 UTC."),
        ("tls.version", TemplateValue.TlsVersion, "TLSv1.3 or TLSv1.2; like all of tls. nothing without TLS."),
        ("tls.cipher", TemplateValue.TlsCipher, "The cipher suite, such as TLS_AES_128_GCM_SHA256."),
        ("tls.sni", TemplateValue.TlsServerName, "The host that the client named in the handshake, or nothing."),
        ("tls.alpn", TemplateValue.TlsProtocol, "h2 or http/1.1, where the client asked for a protocol."),
        ("tls.resumed", TemplateValue.TlsResumed, "true or false: whether the handshake resumed an earlier session."),
        ("tls.client.subject", TemplateValue.TlsClientSubject, "Whom the client's certificate names, or nothing."),
        ("tls.client.fingerprint", TemplateValue.TlsClientFingerprint, "SHA-256 of the client's certificate in hexadecimal, or nothing."),
    ];

    /// <summary>
    /// Finds a placeholder by what stands between the braces; <paramref name="argument"/> is what follows a name that ends in ".".
    /// </summary>
    internal static bool TryFind(string written, out TemplateValue value, out string argument)
    {
        foreach ((string name, TemplateValue candidate, _) in All)
        {
            if (string.Equals(name, written, StringComparison.Ordinal))
            {
                value = candidate;
                argument = "";
                return true;
            }
        }

        foreach ((string name, TemplateValue candidate, _) in All)
        {
            if (name[^1] == '.' && written.StartsWith(name, StringComparison.Ordinal))
            {
                value = candidate;
                argument = written[name.Length..];
                return true;
            }
        }

        value = default;
        argument = "";
        return false;
    }

    /// <summary>The known name that a misspelt one is closest to, or null when none is close.</summary>
    internal static string? Nearest(string written)
    {
        string? best = null;
        int bestDistance = Math.Max(2, written.Length / 3) + 1;
        foreach ((string name, _, _) in All)
        {
            // "heder.X-Foo" is compared by the part in front of the argument.
            int dot = written.IndexOf('.', StringComparison.Ordinal);
            bool hasArgument = name[^1] == '.' && dot >= 0;
            int distance = Options.Nearest.Distance(hasArgument ? written[..(dot + 1)] : written, name);
            if (distance < bestDistance)
            {
                bestDistance = distance;
                best = hasArgument ? name + written[(dot + 1)..] : name[^1] == '.' ? name + "NAME" : name;
            }
        }

        return best;
    }
}
