namespace Weir.InMemory.Tests.Faults;

/// <summary>What goes wrong, or is only awkward, on one side of a conversation.</summary>
public enum FaultKind
{
    Reset,
    End,
    Stall,
    Split,
    OneOctetReads,
    OneOctetSends,

    /// <summary>The side takes so many octets and then resets.</summary>
    ResetsWhileTaking,

    /// <summary>The side takes so many octets and then no more.</summary>
    StopsTaking,
}
