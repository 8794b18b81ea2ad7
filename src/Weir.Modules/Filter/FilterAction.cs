namespace Weir.Modules.Filter;

/// <summary>What a rule does with an exchange that it is true of.</summary>
public enum FilterAction : byte
{
    /// <summary>Answers in place of what would follow.</summary>
    Block,

    /// <summary>Tells the operator.</summary>
    Log,

    /// <summary>Puts a tag on the exchange, for expressions of other modules.</summary>
    Tag,

    /// <summary>Marks the exchange, so that a `challenge` below asks the client for a proof.</summary>
    Challenge,
}
