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

    /// <summary>Lets the client prove that it is no program.</summary>
    Challenge,
}
