namespace Weir.Shedding;

/// <summary>Which threshold was passed.</summary>
internal enum OverloadCause
{
    /// <summary>None.</summary>
    None,

    /// <summary>limits.overload.memory.</summary>
    Memory,

    /// <summary>limits.overload.lag.</summary>
    Lag,

    /// <summary>limits.overload.queue.</summary>
    Queue,
}
