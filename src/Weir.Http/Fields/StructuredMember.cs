namespace Weir.Http.Fields;

/// <summary>
/// A member of a list or dictionary, or a whole item: a bare item or an inner list, with parameters (RFC 9651 section 3).
/// </summary>
public sealed class StructuredMember
{
    /// <summary>An item.</summary>
    public StructuredMember(StructuredValue value, StructuredParameters? parameters = null)
    {
        Value = value;
        Parameters = parameters ?? StructuredParameters.Empty;
    }

    /// <summary>An inner list; its members are items.</summary>
    public StructuredMember(IReadOnlyList<StructuredMember> innerList, StructuredParameters? parameters = null)
    {
        InnerList = innerList;
        Parameters = parameters ?? StructuredParameters.Empty;
    }

    /// <summary>Whether it is an inner list.</summary>
    public bool IsInnerList => InnerList is not null;

    /// <summary>The items of an inner list, else null.</summary>
    public IReadOnlyList<StructuredMember>? InnerList { get; }

    /// <summary>The bare item, where it is no inner list.</summary>
    public StructuredValue Value { get; }

    /// <summary>The parameters.</summary>
    public StructuredParameters Parameters { get; }
}
