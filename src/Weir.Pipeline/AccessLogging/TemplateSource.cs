namespace Weir.Pipeline.AccessLogging;

/// <summary>Where the octets of a template's piece come from.</summary>
internal enum TemplateSource : byte
{
    /// <summary>The template itself.</summary>
    Literal,

    /// <summary>One of <see cref="AccessKeys"/>.</summary>
    Key,

    /// <summary>A field of the request.</summary>
    RequestField,

    /// <summary>A field of the response.</summary>
    ResponseField,
}
