namespace Weir.Pipeline.Plans;

/// <summary>The plan in force. Swapped by one thread, read by all loops: one volatile reference.</summary>
public sealed class PlanHolder
{
    private volatile Plan _current;

    /// <summary>Holds a first plan.</summary>
    public PlanHolder(Plan first) => _current = first;

    /// <summary>The plan for exchanges that begin now.</summary>
    public Plan Current => _current;

    /// <summary>Puts another plan in force; exchanges in flight keep theirs.</summary>
    public void Swap(Plan next) => _current = next;
}
