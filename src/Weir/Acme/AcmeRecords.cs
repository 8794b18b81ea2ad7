using System.Text.Json.Serialization;

namespace Weir.Acme;

/// <summary>An issuer's directory (RFC 8555 section 7.1.1, RFC 9773 section 3).</summary>
internal sealed record AcmeDirectory(
    string? NewNonce, string? NewAccount, string? NewOrder, string? RenewalInfo, string? KeyChange, string? RevokeCert, AcmeMeta? Meta);

/// <summary>What a directory says of the issuer.</summary>
internal sealed record AcmeMeta(string? TermsOfService, bool ExternalAccountRequired);

/// <summary>A name in an order or an authorization.</summary>
internal sealed record AcmeIdentifier(string? Type, string? Value);

/// <summary>An order (RFC 8555 section 7.1.3).</summary>
internal sealed record AcmeOrder(
    string? Status, IReadOnlyList<string>? Authorizations, string? Finalize, string? Certificate, AcmeProblem? Error);

/// <summary>An authorization (RFC 8555 section 7.1.4).</summary>
internal sealed record AcmeAuthorization(string? Status, AcmeIdentifier? Identifier, IReadOnlyList<AcmeChallengeRecord>? Challenges);

/// <summary>A challenge (RFC 8555 section 8).</summary>
internal sealed record AcmeChallengeRecord(string? Type, string? Url, string? Status, string? Token, AcmeProblem? Error);

/// <summary>A problem (RFC 8555 section 6.7).</summary>
internal sealed record AcmeProblem(string? Type, string? Detail, IReadOnlyList<AcmeProblem>? Subproblems);

/// <summary>When an issuer wants a certificate renewed (RFC 9773 section 4.2).</summary>
internal sealed record AcmeRenewalInfo(AcmeWindow? SuggestedWindow, [property: JsonPropertyName("explanationURL")] string? ExplanationUrl);

/// <summary>A time within which to renew.</summary>
internal sealed record AcmeWindow(DateTimeOffset Start, DateTimeOffset End);

/// <summary>How ACME's objects are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AcmeDirectory))]
[JsonSerializable(typeof(AcmeOrder))]
[JsonSerializable(typeof(AcmeAuthorization))]
[JsonSerializable(typeof(AcmeChallengeRecord))]
[JsonSerializable(typeof(AcmeProblem))]
[JsonSerializable(typeof(AcmeRenewalInfo))]
internal sealed partial class AcmeJson : JsonSerializerContext;
