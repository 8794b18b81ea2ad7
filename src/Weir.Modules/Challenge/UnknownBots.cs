namespace Weir.Modules.Challenge;

/// <summary>What becomes of who says to be a bot that is let through while its name is being looked up.</summary>
public enum UnknownBots : byte
{
    /// <summary>It is challenged like anyone.</summary>
    Challenge,

    /// <summary>It passes.</summary>
    Pass,
}
