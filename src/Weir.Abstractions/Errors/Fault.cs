namespace Weir.Abstractions.Errors;

/// <summary>Who ended an exchange, or caused an error.</summary>
public enum Fault : byte
{
    /// <summary>Nobody: it completed.</summary>
    None,

    /// <summary>The client.</summary>
    Client,

    /// <summary>The origin server, or the way to it.</summary>
    Origin,

    /// <summary>Weir itself: a limit, a timeout of its own, a module, a defect.</summary>
    Weir,
}
