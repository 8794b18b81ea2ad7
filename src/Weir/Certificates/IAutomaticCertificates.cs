using Weir.Config.Model;
using Weir.Net.Tls;

namespace Weir.Certificates;

/// <summary>Where the certificates of sites with `tls: auto` come from.</summary>
internal interface IAutomaticCertificates
{
    /// <summary>What each name of a site shows now: its certificate, or something that stands in until there is one.</summary>
    /// <param name="site">A site with `tls: auto`.</param>
    /// <param name="config">The configuration that it is in, in force or not.</param>
    IEnumerable<AutomaticCertificate> Of(SiteConfig site, WeirConfig config);
}

/// <summary>What a name shows.</summary>
/// <param name="Host">The name as the site has it.</param>
/// <param name="Certificate">The certificate.</param>
/// <param name="AsksByName">Whether it only stands in: each name that the host covers gets its own when it is first asked for.</param>
internal sealed record AutomaticCertificate(HostPattern Host, TlsCertificate Certificate, bool AsksByName);
