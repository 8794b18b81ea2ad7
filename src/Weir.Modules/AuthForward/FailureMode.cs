namespace Weir.Modules.AuthForward;

/// <summary>What becomes of requests while nobody decides about them.</summary>
public enum FailureMode
{
    /// <summary>They are refused.</summary>
    Refuse,

    /// <summary>They pass, without what the service would have said of them.</summary>
    Allow,
}
