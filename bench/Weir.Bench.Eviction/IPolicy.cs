namespace Weir.Bench.Eviction;

/// <summary>A cache of so many objects of one size, without the objects.</summary>
internal interface IPolicy
{
    /// <summary>Asks for an object and, where it is missing, stores it. True: it was there.</summary>
    bool Ask(int key);
}
