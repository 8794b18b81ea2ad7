namespace Weir.Abstractions.Exchanges;

/// <summary>Something long that can be brought to an orderly end before it is cut.</summary>
public interface IDrainable
{
    /// <summary>The process wants to end: called on the loop, once.</summary>
    void OnDrain();
}
