namespace Weir.Config.Model;

/// <summary>Whether a client must show a certificate.</summary>
public enum ClientAuth
{
    /// <summary>It may.</summary>
    Optional,

    /// <summary>It must.</summary>
    Required,
}
