namespace Weir.Abstractions.Tracing;

/// <summary>What each step of an exchange read, decided and changed, in order. Belongs to one exchange, on its loop.</summary>
public sealed class Trace
{
    // An exchange that retries and passes twenty modules stays below this; the bound is against a module that loops.
    private const int MaxSteps = 256;

    private readonly List<TraceStep> _steps = [];

    /// <summary>The steps so far.</summary>
    public IReadOnlyList<TraceStep> Steps => _steps;

    /// <summary>Adds a step.</summary>
    /// <param name="where">The step's or module's name.</param>
    /// <param name="text">What it read and decided, as a sentence. No secrets: values of Authorization and Cookie stay out.</param>
    /// <param name="tookNs">How long it took, where it was measured.</param>
    public void Add(string where, string text, long tookNs = 0)
    {
        if (_steps.Count < MaxSteps)
        {
            _steps.Add(new TraceStep(where, text, tookNs));
        }
    }
}
