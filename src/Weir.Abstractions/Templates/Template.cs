// Hot: rendered for each request that passes a module with templates.
using System.Buffers;
using System.Diagnostics;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Templates;

/// <summary>
/// Text with placeholders ("/new/{path.rest}"), parsed once when the configuration loads and rendered without allocation. Values come
/// from clients: whatever they hold, a rendered value cannot end its line, leave its place in a URL, or begin a path with "//" or a dot
/// segment (see <see cref="TemplateContext"/>). Immutable; shared by all loops.
/// </summary>
public sealed class Template
{
    /// <summary>More than a head may hold: a value that renders to more is refused.</summary>
    public const int MaxOctets = 64 * 1024;

    private const int FirstGuess = 256;

    private readonly TemplatePart[] _parts;
    private readonly TemplateContext _context;

    internal Template(string text, TemplateContext context, TemplatePart[] parts)
    {
        Text = text;
        _context = context;
        _parts = parts;
    }

    /// <summary>The template as written.</summary>
    public string Text { get; }

    /// <summary>Whether there is no placeholder in it.</summary>
    public bool IsConstant => _parts.Length == 0 || (_parts.Length == 1 && _parts[0].Value == TemplateValue.Literal);

    /// <summary>What it renders to, where <see cref="IsConstant"/>.</summary>
    public ReadOnlySpan<byte> Constant
    {
        get
        {
            Debug.Assert(IsConstant, "Only a template without placeholders is a constant.");
            return _parts.Length == 0 ? default : _parts[0].Octets;
        }
    }

    /// <summary>The highest group of the route's regular expression that it names; 0 for none.</summary>
    public int HighestGroup => _parts.Length == 0 ? 0 : _parts.Max(part => part.Group);

    /// <summary>Parses a template.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="context">Where the rendered octets will stand.</param>
    /// <param name="error">What is wrong, where the result is null.</param>
    public static Template? Parse(string text, TemplateContext context, out TemplateError? error) =>
        new TemplateParser(text, context).Parse(out error);

    /// <summary>Whether one of these values is in it.</summary>
    public bool Mentions(params ReadOnlySpan<TemplateValue> values)
    {
        foreach (TemplatePart part in _parts)
        {
            if (values.Contains(part.Value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Renders into a span.
    /// <see cref="OperationStatus.Done"/>: it is there.
    /// <see cref="OperationStatus.DestinationTooSmall"/>: try again with more room.
    /// <see cref="OperationStatus.InvalidData"/>: the client's values make a dot segment, or no host: refuse the request.
    /// </summary>
    public OperationStatus TryRender(Exchange exchange, Span<byte> target, out int written)
    {
        TemplateWriter writer = new(target);
        foreach (TemplatePart part in _parts)
        {
            Write(ref writer, part, exchange);
        }

        written = writer.Written;
        if (writer.IsFull)
        {
            written = 0;
            return OperationStatus.DestinationTooSmall;
        }

        if (_context == TemplateContext.HeaderValue)
        {
            written = target[..written].TrimEnd(" \t"u8).Length;
        }

        bool isUrl = _context is TemplateContext.Path or TemplateContext.Url;
        bool isRefused = writer.IsRefused || (isUrl && DotSegments.IsIn(target[..written]));
        return isRefused ? OperationStatus.InvalidData : OperationStatus.Done;
    }

    /// <summary>Renders into the arena of a head. False when the client's values make it impossible: refuse the request.</summary>
    public bool TryStore(Exchange exchange, HeaderFields fields, out ByteSlice rendered)
    {
        for (int room = FirstGuess; room <= MaxOctets; room *= 4)
        {
            switch (TryRender(exchange, fields.Reserve(room)[..room], out int written))
            {
                case OperationStatus.Done:
                    rendered = fields.Commit(written);
                    return true;
                case OperationStatus.InvalidData:
                    rendered = default;
                    return false;
                default:
                    continue;
            }
        }

        rendered = default;
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static void Write(ref TemplateWriter writer, TemplatePart part, Exchange exchange)
    {
        RequestHead request = exchange.Request;
        switch (part.Value)
        {
            case TemplateValue.Literal: writer.Write(part, part.Octets); break;
            case TemplateValue.Method: writer.Write(part, request.MethodToken); break;
            case TemplateValue.Scheme: writer.Write(part, request.IsHttps ? "https"u8 : "http"u8); break;
            case TemplateValue.Host: writer.WriteAuthority(part, request.Host); break;
            case TemplateValue.Port: writer.Write(part, request.Port != 0 ? request.Port : request.IsHttps ? 443 : 80); break;
            case TemplateValue.Authority: writer.WriteAuthority(part, request.Authority); break;
            case TemplateValue.Path: WritePath(ref writer, part, request.Path); break;
            case TemplateValue.PathRest: writer.Write(part, exchange.RouteRest); break;
            case TemplateValue.PathCapture: writer.Write(part, exchange.RouteCapture(part.Group)); break;
            case TemplateValue.Query: writer.Write(part, request.Query); break;
            case TemplateValue.QueryWithMark: WriteQuery(ref writer, part, request, "?"u8); break;
            case TemplateValue.QueryWithAnd: WriteQuery(ref writer, part, request, "&"u8); break;
            case TemplateValue.Header: writer.Write(part, FindField(request.Fields, part)); break;
            case TemplateValue.Cookie: writer.Write(part, CookieFields.Find(request.Fields, part.Octets)); break;
            case TemplateValue.ClientIp: WriteClientIp(ref writer, part, exchange); break;
            case TemplateValue.ClientPort: writer.Write(part, exchange.Connection.RemotePort); break;
            case TemplateValue.RequestId: writer.Write(part, exchange.RequestId); break;
            case TemplateValue.Site: writer.Write(part, exchange.SiteName); break;
            case TemplateValue.Route: writer.Write(part, exchange.RouteName); break;
            case TemplateValue.Upstream: writer.Write(part, exchange.UpstreamName); break;
            case TemplateValue.Status when exchange.Response.Status != 0: writer.Write(part, exchange.Response.Status); break;
            case TemplateValue.UnixMs: writer.Write(part, exchange.Loop.UnixMs); break;
            default:
                if (exchange.Connection.Tls is { } tls)
                {
                    writer.Write(part, TextOf(part.Value, tls));
                }

                break;
        }
    }

    private static string? TextOf(TemplateValue value, TlsDetails tls) => value switch
    {
        TemplateValue.TlsVersion => tls.Version,
        TemplateValue.TlsCipher => tls.Cipher,
        TemplateValue.TlsServerName => tls.ServerName,
        TemplateValue.TlsProtocol => tls.Protocol,
        TemplateValue.TlsResumed => tls.IsResumed ? "true" : "false",
        TemplateValue.TlsClientSubject => tls.ClientSubject,
        TemplateValue.TlsClientFingerprint => tls.ClientFingerprint,
        _ => null,
    };

    private static void WritePath(ref TemplateWriter writer, TemplatePart part, ReadOnlySpan<byte> path)
    {
        if (part.IsInPath && !path.StartsWith("/"u8))
        {
            // "OPTIONS *" has no path; behind an authority its absence must not let the octets run on into the host.
            writer.Write(part, "/"u8);
        }

        writer.Write(part, path);
    }

    private static void WriteQuery(ref TemplateWriter writer, TemplatePart part, RequestHead request, ReadOnlySpan<byte> mark)
    {
        if (!request.Query.IsEmpty)
        {
            writer.Write(part, mark);
            writer.Write(part, request.Query);
        }
    }

    private static ReadOnlySpan<byte> FindField(HeaderFields fields, TemplatePart part)
    {
        ReadOnlySpan<byte> value;
        bool isThere = part.Field != KnownField.Other ? fields.TryGet(part.Field, out value) : fields.TryGet(part.Octets, out value);
        return isThere ? value : default;
    }

    private static void WriteClientIp(ref TemplateWriter writer, TemplatePart part, Exchange exchange)
    {
        if (exchange.ClientAddress == exchange.Connection.Remote)
        {
            writer.Write(part, exchange.Connection.RemoteText);
            return;
        }

        Span<byte> text = stackalloc byte[IpAddress.MaxTextOctets];
        writer.Write(part, text[..exchange.ClientAddress.Format(text)]);
    }
}
