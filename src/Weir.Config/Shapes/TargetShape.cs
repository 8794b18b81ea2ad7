namespace Weir.Config.Shapes;

/// <summary>An upstream's name, a URL, or a list of URLs.</summary>
internal sealed class TargetShape : ValueShape
{
    internal override string Noun => "an upstream's name, a URL or a list of URLs";
}
