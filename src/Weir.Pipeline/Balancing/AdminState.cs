namespace Weir.Pipeline.Balancing;

/// <summary>What an operator has decided about a server; health is another matter.</summary>
public enum AdminState : byte
{
    /// <summary>It serves.</summary>
    Ready,

    /// <summary>It gets no new clients; exchanges in flight end, and clients that are bound to it by a cookie keep it.</summary>
    Drain,

    /// <summary>It gets nothing at all; exchanges in flight end.</summary>
    Down,
}
