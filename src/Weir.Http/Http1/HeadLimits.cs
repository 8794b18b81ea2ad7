namespace Weir.Http.Http1;

/// <summary>The bounds of a head.</summary>
/// <param name="HeadOctets">Octets of the whole head, empty lines before it and its closing empty line included; beyond: 431.</param>
/// <param name="FieldCount">Field lines, dropped ones included; beyond: 431.</param>
/// <param name="TargetOctets">Octets of the request target; beyond: 414. Not used for responses.</param>
public readonly record struct HeadLimits(int HeadOctets, int FieldCount, int TargetOctets)
{
    /// <summary>What the default configuration says.</summary>
    public static HeadLimits Default => new(32 * 1024, 128, 8 * 1024);
}
