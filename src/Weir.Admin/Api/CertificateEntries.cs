using Weir.Control;

namespace Weir.Admin.Api;

/// <summary>The certificates.</summary>
/// <param name="Certificates">All that clients may get, in the order of their names.</param>
public sealed record CertificateEntries(IReadOnlyList<CertificateStatus> Certificates);
