namespace Weir.Telemetry.Events;

/// <summary>How much an event matters; the values of log.level, from chatty to quiet.</summary>
public enum EventLevel : byte
{
    /// <summary>For looking into one problem; far too much for every day.</summary>
    Debug,

    /// <summary>What happened, when nothing is wrong.</summary>
    Info,

    /// <summary>Something is wrong, and Weir goes on without harm for now.</summary>
    Warning,

    /// <summary>Somebody is affected and should act.</summary>
    Error,
}
