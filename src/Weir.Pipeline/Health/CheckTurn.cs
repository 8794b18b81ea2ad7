namespace Weir.Pipeline.Health;

/// <summary>What a verdict changes.</summary>
internal enum CheckTurn : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The first answer is there, and it is good.</summary>
    Known,

    /// <summary>Too many bad answers in a row.</summary>
    Fell,

    /// <summary>Enough good answers in a row.</summary>
    Rose,
}
