// Hot: runs for each response that passes the stack.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.SecurityHeaders;

/// <summary>Adds the fields that tell browsers to be careful.</summary>
internal sealed class SecurityHeadersModule : IResponseModule
{
    private readonly FieldTemplate[] _fields;
    private readonly FieldTemplate? _hsts;
    private readonly byte[][] _hidden;
    private readonly bool _isOverriding;

    public SecurityHeadersModule(FieldTemplate[] fields, FieldTemplate? hsts, byte[][] hidden, bool isOverriding)
    {
        _fields = fields;
        _hsts = hsts;
        _hidden = hidden;
        _isOverriding = isOverriding;
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        HeaderFields fields = exchange.Response.Fields;
        foreach (byte[] name in _hidden)
        {
            fields.Remove(name);
        }

        foreach (FieldTemplate field in _fields)
        {
            Set(exchange, fields, field);
        }

        // RFC 6797 section 7.2: never over http, where anyone could have put it there.
        if (_hsts is not null && exchange.Request.IsHttps)
        {
            Set(exchange, fields, _hsts);
        }

        exchange.Trace?.Add("security_headers", "set");
        return default;
    }

    private void Set(Exchange exchange, HeaderFields fields, FieldTemplate field)
    {
        if (_isOverriding || fields.Find(field.Name) < 0)
        {
            field.Set(exchange, fields);
        }
    }
}
