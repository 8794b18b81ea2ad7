using Weir.Net.Tls;

namespace Weir.Stapling;

/// <summary>What answers OCSP requests.</summary>
internal interface IOcspResponder
{
    /// <summary>Asks about a certificate. The response as received, or what went wrong.</summary>
    Task<(byte[]? Response, string Problem)> AskAsync(TlsCertificate certificate, CancellationToken ending);
}
