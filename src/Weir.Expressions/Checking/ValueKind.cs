namespace Weir.Expressions.Checking;

/// <summary>What a part of an expression is worth.</summary>
public enum ValueKind : byte
{
    /// <summary>true or false.</summary>
    Bool,

    /// <summary>A whole number of 64 bits.</summary>
    Number,

    /// <summary>A text: octets.</summary>
    Text,

    /// <summary>An IPv4 or IPv6 address.</summary>
    Address,

    /// <summary>Texts by names.</summary>
    Map,

    /// <summary>A list that is written down.</summary>
    List,
}
