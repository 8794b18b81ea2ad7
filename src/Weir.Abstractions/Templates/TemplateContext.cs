namespace Weir.Abstractions.Templates;

/// <summary>
/// Where the rendered octets will stand. It decides what a value may contain and how the rest is made harmless; it is fixed when the
/// template is parsed, so that its own text is checked once.
/// </summary>
public enum TemplateContext : byte
{
    /// <summary>Text for people: every octet as it is. Never for a head.</summary>
    Plain,

    /// <summary>A field value (RFC 9110 section 5.5): control octets become spaces, surrounding white space is cut.</summary>
    HeaderValue,

    /// <summary>host[:port]: only {host}, {port} and {authority} may stand in it.</summary>
    Authority,

    /// <summary>A path without query: begins with exactly one "/", holds no dot segment.</summary>
    Path,

    /// <summary>A query without "?".</summary>
    Query,

    /// <summary>The value of one query parameter: all but unreserved octets is percent-encoded, the template's own text too.</summary>
    QueryValue,

    /// <summary>
    /// A target for Location: a path with query and fragment, or http(s)://authority and all that. A client cannot choose the authority
    /// beyond its own Host.
    /// </summary>
    Url,
}
