namespace Weir.Abstractions.Modules;

/// <summary>How a module wants to stand to another.</summary>
public enum OrderRelation : byte
{
    /// <summary>It should stand above the other one (run earlier on requests).</summary>
    Above,

    /// <summary>It should stand below the other one.</summary>
    Below,
}
