namespace Weir.Config.Model;

/// <summary>Says what a string option, or each string of a list, must look like.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SyntaxAttribute(Syntax syntax) : Attribute
{
    internal Syntax Syntax { get; } = syntax;
}
