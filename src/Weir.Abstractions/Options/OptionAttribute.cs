namespace Weir.Abstractions.Options;

/// <summary>
/// Describes one option. The reference page, the JSON schema and error messages are made from it. The option's name in YAML is the
/// property's name in snake_case.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute : Attribute
{
    /// <summary>One sentence: what it is for.</summary>
    public OptionAttribute(string text) => Text = text;

    /// <summary>One sentence: what it is for.</summary>
    public string Text { get; }

    /// <summary>The name in YAML where it is not the property's name in snake_case.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it must be given.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether a bare scalar or list in place of the map sets this option ("redirect: /new").</summary>
    public bool IsShorthand { get; init; }

    /// <summary>Whether it names a file whose content is a secret: one that others can read is a warning.</summary>
    public bool IsSecretFile { get; init; }

    /// <summary>The smallest allowed value, in the option's own notation ("1", "10ms", "1KiB"); null: no bound.</summary>
    public string? Min { get; init; }

    /// <summary>The largest allowed value, in the option's own notation; null: no bound.</summary>
    public string? Max { get; init; }

    /// <summary>The default as documentation shows it, where the property's initial value does not say it.</summary>
    public string? Default { get; init; }

    /// <summary>An example value for the reference page.</summary>
    public string? Example { get; init; }
}
