namespace Weir.Pipeline.Plans;

/// <summary>
/// Numbers the places that modules reserve in exchanges, for one plan. Modules that are carried over keep theirs, so the others get
/// numbers that none of the plan before had. An exchange has as many places as the plan it pinned asks for.
/// </summary>
internal sealed class SlotCounter
{
    private readonly HashSet<int> _taken;
    private int _next;

    public SlotCounter(IEnumerable<int> taken) => _taken = [.. taken];

    public int Reserve()
    {
        while (_taken.Contains(_next))
        {
            _next++;
        }

        return _next++;
    }
}
