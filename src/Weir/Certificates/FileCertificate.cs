using Weir.Net.Tls;

namespace Weir.Certificates;

/// <summary>A certificate that was read from a file.</summary>
/// <param name="Site">The site that names it.</param>
/// <param name="Path">Where the chain is.</param>
/// <param name="KeyPath">Where its key is.</param>
/// <param name="Certificate">What is there: names, times, issuer.</param>
internal sealed record FileCertificate(string Site, string Path, string KeyPath, TlsCertificate Certificate);
