namespace Weir.Config.Model;

/// <summary>Says what the keys of a map must look like.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KeySyntaxAttribute(Syntax syntax) : Attribute
{
    internal Syntax Syntax { get; } = syntax;
}
