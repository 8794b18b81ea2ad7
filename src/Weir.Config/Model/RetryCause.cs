namespace Weir.Config.Model;

/// <summary>A kind of failure.</summary>
public enum RetryCause
{
    /// <summary>No connection came about.</summary>
    Connect,

    /// <summary>The connection ended before a response.</summary>
    Reset,

    /// <summary>The response did not come in time.</summary>
    Timeout,

    /// <summary>The response has this status.</summary>
    Status,
}
