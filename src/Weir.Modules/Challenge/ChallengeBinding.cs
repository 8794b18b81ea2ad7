namespace Weir.Modules.Challenge;

/// <summary>What of a client's address a puzzle and a pass are good for.</summary>
public enum ChallengeBinding : byte
{
    /// <summary>Its network: of IPv4 the first 24 bits, of IPv6 the first 48.</summary>
    Network,

    /// <summary>The address; of IPv6 the first 64 bits.</summary>
    Address,

    /// <summary>Nothing: a pass that was passed on is good anywhere.</summary>
    Nothing,
}
