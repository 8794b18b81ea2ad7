namespace Weir.Abstractions.Modules;

/// <summary>What a module decided.</summary>
public enum Verdict : byte
{
    /// <summary>Go on down the stack.</summary>
    Continue,

    /// <summary>
    /// The module answered (<see cref="Exchanges.Exchange.Answer"/>): nothing below it runs; the answer passes the modules above it.
    /// </summary>
    Answered,

    /// <summary>Close the connection without an answer.</summary>
    Abort,
}
