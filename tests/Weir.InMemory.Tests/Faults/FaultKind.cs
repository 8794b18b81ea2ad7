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
}
