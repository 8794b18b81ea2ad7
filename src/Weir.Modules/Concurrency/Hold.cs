// Hot: one for each exchange that holds a place, reused.
namespace Weir.Modules.Concurrency;

/// <summary>
/// An exchange's place. It is given back once: at the exchange's end, however it ends, or when it becomes a tunnel that holds none.
/// </summary>
internal sealed class Hold : IDisposable
{
    private readonly Turnstile _turnstile;
    private readonly LoopPlaces _places;
    private bool _isHeld;

    public Hold(Turnstile turnstile, LoopPlaces places)
    {
        _turnstile = turnstile;
        _places = places;
    }

    /// <summary>The next of those that are free.</summary>
    public Hold? NextFree { get; set; }

    /// <summary>Whose exchange it is.</summary>
    public ulong Key { get; private set; }

    /// <summary>Whether it is counted for its key.</summary>
    public bool IsCounted { get; private set; }

    public void Begin(ulong key, bool isCounted)
    {
        Key = key;
        IsCounted = isCounted;
        _isHeld = true;
    }

    /// <summary>Gives the place back; a second call does nothing.</summary>
    public void Leave()
    {
        if (_isHeld)
        {
            _isHeld = false;
            _turnstile.Leave(Key, IsCounted);
        }
    }

    /// <summary>The exchange is over.</summary>
    public void Dispose()
    {
        Leave();
        _places.Return(this);
    }
}
