// Hot: asked for each new connection, and for each request of a route whose priority is low.
namespace Weir.Abstractions.Exchanges;

/// <summary>Whether the process has too much to do, and what is turned away meanwhile. One thread writes, every loop reads.</summary>
public sealed class Overload
{
    private volatile int _level;
    private volatile int _heavyDivisor = 1;

    /// <summary>What is turned away now.</summary>
    public LoadLevel Level => (LoadLevel)_level;

    /// <summary>Whether new connections from the heaviest ranges of addresses are refused.</summary>
    public bool RefusesHeavyClients => _level >= (int)LoadLevel.HeavyClients;

    /// <summary>Whether requests of low priority are refused.</summary>
    public bool RefusesLowPriority => _level >= (int)LoadLevel.LowPriority;

    /// <summary>A range of addresses is heavy with more than one of so many connections.</summary>
    public int HeavyDivisor => _heavyDivisor;

    /// <summary>Puts another level in force.</summary>
    /// <param name="level">What is turned away.</param>
    /// <param name="heavyDivisor">See <see cref="HeavyDivisor"/>; at least 1.</param>
    public void Set(LoadLevel level, int heavyDivisor)
    {
        _heavyDivisor = heavyDivisor;
        _level = (int)level;
    }
}
