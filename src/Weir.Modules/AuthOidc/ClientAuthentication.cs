namespace Weir.Modules.AuthOidc;

/// <summary>How a client that has a secret shows it to the provider (OpenID Connect Core 1.0 section 9).</summary>
public enum ClientAuthentication
{
    /// <summary>In Authorization.</summary>
    Basic,

    /// <summary>Among the parameters.</summary>
    Post,
}
