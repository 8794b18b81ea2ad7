namespace Weir.Config.Model;

/// <summary>Where a site's certificate comes from when no file is named.</summary>
public enum SiteTlsMode
{
    /// <summary>ACME, or the local authority.</summary>
    Auto,

    /// <summary>Nowhere: plain HTTP only.</summary>
    Off,
}
