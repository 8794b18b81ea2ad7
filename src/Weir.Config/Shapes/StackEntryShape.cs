namespace Weir.Config.Shapes;

/// <summary>A word, or a map with one key: a module and its options.</summary>
internal sealed class StackEntryShape : ValueShape
{
    internal override string Noun => "a module or a named stack";
}
