namespace Weir.Pipeline.Plans;

/// <summary>Numbers the places that modules reserve in exchanges, for one plan.</summary>
internal sealed class SlotCounter
{
    private int _next;

    public int Reserve() => _next++;
}
