namespace Weir.Pipeline.Routing;

/// <summary>What hosts a <see cref="SitePattern"/> stands for.</summary>
public enum SitePatternKind : byte
{
    /// <summary>One host.</summary>
    Exact,

    /// <summary>Every host with one or more labels before the given ones: <c>*.example.com</c>.</summary>
    Wildcard,

    /// <summary>Every host that no other pattern takes: <c>*</c>.</summary>
    Default,
}
