namespace Weir.Config.Model;

/// <summary>Says which options of a record go together.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class OptionRuleAttribute(OptionRule rule, params string[] options) : Attribute
{
    internal OptionRule Rule { get; } = rule;

    /// <summary>Names as written in YAML.</summary>
    internal IReadOnlyList<string> Options { get; } = options;
}
