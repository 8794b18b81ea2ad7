using System.Text.Json.Serialization;

namespace Weir.AutomaticHttps;

/// <summary>
/// What is remembered of a certificate's getting, beside the certificate: a restart must not begin anew with an issuer's limits.
/// </summary>
internal sealed record SavedCertificate
{
    /// <summary>The issuer's directory.</summary>
    public string? Issuer { get; init; }

    /// <summary>When it is renewed; null: not decided.</summary>
    public DateTimeOffset? RenewAt { get; init; }

    /// <summary>When the window that the issuer advised begins; null: it gave none.</summary>
    public DateTimeOffset? AdvisedStart { get; init; }

    /// <summary>When that window ends.</summary>
    public DateTimeOffset? AdvisedEnd { get; init; }

    /// <summary>How many tries have failed since the last success.</summary>
    public int Failures { get; init; }

    /// <summary>Not before this is it tried again; null: nothing stands in the way.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>Why the last try failed; null: it did not.</summary>
    public string? LastError { get; init; }

    /// <summary>When it was last tried.</summary>
    public DateTimeOffset? LastTryAt { get; init; }
}

/// <summary>How it is kept.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SavedCertificate))]
[JsonSerializable(typeof(SavedAccount))]
internal sealed partial class SavedJson : JsonSerializerContext;
