namespace Weir.Explaining;

/// <summary>How a request that was asked about would end.</summary>
public enum Outcome
{
    /// <summary>The head would be refused: no site, module or origin would see it.</summary>
    Refused,

    /// <summary>Weir itself would answer with an error.</summary>
    Failed,

    /// <summary>A module would answer.</summary>
    Answered,

    /// <summary>A module would close the connection.</summary>
    Aborted,

    /// <summary>An origin would get it.</summary>
    Forwarded,
}
