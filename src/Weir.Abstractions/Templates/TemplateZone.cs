namespace Weir.Abstractions.Templates;

/// <summary>Which part of its context a piece of a template stands in.</summary>
internal enum TemplateZone : byte
{
    /// <summary>Anything goes.</summary>
    Text,

    /// <summary>A field value.</summary>
    Field,

    /// <summary>The authority of a URL, or an authority by itself.</summary>
    Authority,

    /// <summary>A path.</summary>
    Path,

    /// <summary>A query.</summary>
    Query,

    /// <summary>A fragment.</summary>
    Fragment,

    /// <summary>One query value.</summary>
    Component,
}
