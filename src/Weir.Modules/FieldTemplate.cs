// Hot: applied to each request or response that passes the module.
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Templates;

namespace Weir.Modules;

/// <summary>A field with a value that may have placeholders, compiled when the configuration loads.</summary>
internal sealed class FieldTemplate
{
    private readonly KnownField _field;
    private readonly byte[] _name;
    private readonly byte[] _begin;
    private readonly byte[]? _constantLine;

    private FieldTemplate(string name, Template value)
    {
        _name = Encoding.ASCII.GetBytes(name);
        _field = KnownFields.Find(_name);
        _begin = [.. _name, .. ": "u8];
        _constantLine = value.IsConstant ? [.. _begin, .. value.Constant, .. "\r\n"u8] : null;
        Value = value;
    }

    /// <summary>The value.</summary>
    public Template Value { get; }

    /// <summary>The name.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>Compiles a field; null after an error was reported.</summary>
    public static FieldTemplate? Parse(ModuleBuilder builder, string option, string name, string value)
    {
        if (!FieldNames.Check(builder, option, name))
        {
            return null;
        }

        Template? template = builder.ParseTemplate(option, value.Trim(), TemplateContext.HeaderValue);
        return template is null ? null : new FieldTemplate(name, template);
    }

    /// <summary>Compiles the fields of a map; those with mistakes are reported and left out.</summary>
    public static FieldTemplate[] ParseAll(ModuleBuilder builder, string option, IReadOnlyDictionary<string, string> fields)
    {
        List<FieldTemplate> parsed = [];
        foreach ((string name, string value) in fields)
        {
            if (Parse(builder, $"{option}.{name}", name, value) is { } field)
            {
                parsed.Add(field);
            }
        }

        return [.. parsed];
    }

    /// <summary>
    /// Adds the field; a template that renders to nothing adds nothing. False: the client's values make it larger than a head may be, and
    /// whoever goes on without the field may go on without what it protects.
    /// </summary>
    public bool TryAdd(Exchange exchange, HeaderFields fields) => Write(exchange, fields, isReplacing: false);

    /// <summary>As <see cref="TryAdd"/>, in place of all fields of the name; a template that renders to nothing leaves none.</summary>
    public bool TrySet(Exchange exchange, HeaderFields fields) => Write(exchange, fields, isReplacing: true);

    /// <summary>
    /// As <see cref="TrySet"/> for responses, where it is too late to refuse a request: the module fails, and the client gets a 500.
    /// </summary>
    /// <exception cref="InvalidOperationException">The client's values make the field too large.</exception>
    public void Set(Exchange exchange, HeaderFields fields)
    {
        if (!TrySet(exchange, fields))
        {
            throw TooLarge();
        }
    }

    /// <summary>What a response without the field is ended with.</summary>
    public InvalidOperationException TooLarge()
    {
        string name = Encoding.ASCII.GetString(_name);
        return new InvalidOperationException($"The field {name} made of the client's values is over {Template.MaxOctets / 1024} KiB.");
    }

    private bool Write(Exchange exchange, HeaderFields fields, bool isReplacing)
    {
        // The value is rendered before the old field goes: it may mention it. The whole line is put into the arena, so that the codec
        // copies it at once.
        ByteSlice line = fields.Store(_constantLine ?? _begin);
        ByteSlice value = new(line.Offset + _begin.Length, line.Length - _begin.Length - 2);
        bool fits = true;
        bool isThere = true;
        if (_constantLine is null)
        {
            fits = Value.TryStore(exchange, fields, out value);
            isThere = fits && !value.IsEmpty;
            fields.Store("\r\n"u8);
        }

        if (isReplacing)
        {
            Remove(fields);
        }

        if (isThere)
        {
            fields.AddLoaded(_field, line.Offset, _name.Length, value.Offset, value.Length);
        }

        return fits;
    }

    private void Remove(HeaderFields fields)
    {
        if (_field != KnownField.Other)
        {
            fields.Remove(_field);
            return;
        }

        fields.Remove(_name);
    }
}
