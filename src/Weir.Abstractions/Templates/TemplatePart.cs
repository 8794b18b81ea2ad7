using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Templates;

/// <summary>A piece of a template: its own text, or a value with what it needs to be found and made harmless.</summary>
internal sealed class TemplatePart
{
    /// <summary>What it stands for.</summary>
    public required TemplateValue Value { get; init; }

    /// <summary>How the value is made harmless; own text is already.</summary>
    public TemplateEscape Escape { get; init; } = TemplateEscape.None;

    /// <summary>Whether it stands in a URL's path.</summary>
    public bool IsInPath { get; init; }

    /// <summary>The own text, or the name of a header field or cookie.</summary>
    public byte[] Octets { get; init; } = [];

    /// <summary>The name of a header field, where it is a known one.</summary>
    public KnownField Field { get; init; }

    /// <summary>The number of a group.</summary>
    public int Group { get; init; }
}
