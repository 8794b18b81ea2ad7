using System.Buffers;

namespace Weir.Abstractions.Templates;

/// <summary>How a client's octets are made harmless for the place where a part stands.</summary>
internal sealed class TemplateEscape
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    /// <summary>As it is.</summary>
    public static readonly TemplateEscape None = new(null, false, false);

    /// <summary>RFC 9110 section 5.5: what could end a line, and every other control octet, becomes a space.</summary>
    public static readonly TemplateEscape FieldValue = new(null, true, false);

    /// <summary>Host and port (RFC 3986 section 3.2), without what would begin user information or a path.</summary>
    public static readonly TemplateEscape Authority = new(Unreserved + ":[]", false, false);

    /// <summary>RFC 3986 section 3.3: a path that was normalised before, or a part of one: its escapes stay.</summary>
    public static readonly TemplateEscape Path = new(Unreserved + "!$&'()*+,;=:@/", false, true);

    /// <summary>One segment, one parameter: nothing that separates, and no escape of the client's own, survives as such.</summary>
    public static readonly TemplateEscape Component = new(Unreserved, false, false);

    /// <summary>A whole query as the client sent it: only what could end it or leave the line is encoded.</summary>
    public static readonly TemplateEscape Query = new(Unreserved + "!$&'()*+,;=:@/?%[]{}|^`", false, false);

    /// <summary>The template's own text in a fragment, with the mark that begins it.</summary>
    public static readonly TemplateEscape OwnFragment = new(Unreserved + "!$&'()*+,;=:@/?%#", false, false);

    private TemplateEscape(string? kept, bool isFieldValue, bool keepsEscapes)
    {
        Kept = kept is null ? null : SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(kept));
        IsFieldValue = isFieldValue;
        KeepsEscapes = keepsEscapes;
    }

    /// <summary>The octets that stand for themselves; the others are percent-encoded. Null: no percent-encoding here.</summary>
    public SearchValues<byte>? Kept { get; }

    /// <summary>Whether control octets become spaces.</summary>
    public bool IsFieldValue { get; }

    /// <summary>Whether "%" with two hexadecimal digits behind it stays.</summary>
    public bool KeepsEscapes { get; }
}
