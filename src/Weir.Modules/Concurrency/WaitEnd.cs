namespace Weir.Modules.Concurrency;

/// <summary>How a wait for a place ended.</summary>
internal enum WaitEnd : byte
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>With a place.</summary>
    Entered,

    /// <summary>It never began: as many wait as may.</summary>
    QueueFull,

    /// <summary>Its time was over.</summary>
    TimedOut,

    /// <summary>The client went away.</summary>
    Gone,
}
