namespace Weir.Telemetry.Counting;

/// <summary>How a number behaves over time.</summary>
public enum CounterKind : byte
{
    /// <summary>It only grows; a reader looks at its rate.</summary>
    Counter,

    /// <summary>It goes up and down; a reader looks at its value.</summary>
    Gauge,
}
