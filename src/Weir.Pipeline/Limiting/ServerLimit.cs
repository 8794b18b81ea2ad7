// Hot where servers are limited: entered and left once for each try.
using Weir.Net.Loops;

namespace Weir.Pipeline.Limiting;

/// <summary>
/// The requests of the whole process in flight to one server: one padded atomic, touched only where a limit is configured.
/// </summary>
public sealed class ServerLimit
{
    private PaddedCount _inFlight;

    /// <summary>Requests in flight that were counted, as of a moment ago. 0 where no limit is configured.</summary>
    public int InFlight => _inFlight.Value;

    internal bool TryEnter(int most) => _inFlight.TryEnter(most);

    /// <summary>Only through <see cref="ServerQueue.Leave"/>: who waits comes first.</summary>
    internal void Leave() => _inFlight.Leave();
}
