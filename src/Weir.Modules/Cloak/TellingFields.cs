namespace Weir.Modules.Cloak;

/// <summary>Fields of answers that tell of products, versions and servers, and that no client needs.</summary>
public static class TellingFields
{
    /// <summary>Their names; a trailing * stands for any end.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "X-Powered-By", "X-Powered-CMS", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator", "X-Runtime", "X-Version", "X-Server*",
        "X-Backend*", "X-Upstream*", "X-Served-By", "X-Host", "X-Hostname", "X-Node", "X-Instance*", "X-Pod*", "X-Container*", "X-Varnish*",
        "X-Cache", "X-Cache-Hits", "X-Debug*", "X-Drupal-*", "X-Generated-By", "X-Page-Generated-By", "X-Rack-Cache", "X-Litespeed-*",
        "X-Turbo-Charged-By", "X-Mod-Pagespeed", "X-Page-Speed", "X-Envoy-*", "X-Kong-*", "X-Amz-*", "X-B3-*", "X-Jenkins*", "X-Hudson*",
        "X-Confluence-*", "X-OWA-Version", "X-FEServer", "X-BEServer", "X-CalculatedBETarget", "X-CalculatedFETarget", "X-DiagInfo",
        "X-SourceFiles", "X-Pingback", "X-Magento-*", "X-Shopify-*", "X-Nextjs-*", "X-Vercel-*", "X-Application-Context", "X-Django-*",
        "X-Symfony-*", "X-Debug-Token*", "X-ChromeLogger-Data", "X-Wf-*", "Server-Timing", "Liferay-Portal", "MicrosoftSharePointTeamServices",
        "SPRequestGuid", "SPRequestDuration", "SourceMap", "X-SourceMap", "Host-Header", "K-Proxy-Request", "Product", "Servlet-Engine",
        "Powered-By", "Via",
    ];
}
