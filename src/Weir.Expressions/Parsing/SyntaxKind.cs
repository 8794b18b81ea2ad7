namespace Weir.Expressions.Parsing;

/// <summary>What a part of an expression is.</summary>
internal enum SyntaxKind : byte
{
    /// <summary>true or false; the number is 1 or 0.</summary>
    Bool,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A list: its entries.</summary>
    List,

    /// <summary>A name.</summary>
    Name,

    /// <summary>child.name.</summary>
    Select,

    /// <summary>child[index].</summary>
    Index,

    /// <summary>name(arguments).</summary>
    Call,

    /// <summary>receiver.name(arguments): the receiver is the first child.</summary>
    Method,

    /// <summary>!child.</summary>
    Not,

    /// <summary>-child.</summary>
    Negate,

    /// <summary>Two children; the text is the operator.</summary>
    Binary,

    /// <summary>All of the children.</summary>
    And,

    /// <summary>One of the children.</summary>
    Or,

    /// <summary>condition ? first : second.</summary>
    Conditional,
}
