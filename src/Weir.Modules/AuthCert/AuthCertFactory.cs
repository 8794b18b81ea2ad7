using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Abstractions.Modules;

namespace Weir.Modules.AuthCert;

/// <summary>Makes `auth_cert`.</summary>
public sealed class AuthCertFactory : ModuleFactory<AuthCertOptions>
{
    /// <inheritdoc/>
    public override string Name => "auth_cert";

    /// <inheritdoc/>
    public override string Summary => "Lets in clients by the certificate that they show.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } = AuthOrder.Of("auth_cert");

    /// <inheritdoc/>
    protected override IModule? Create(AuthCertOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        if (options is { Subjects.Count: 0, Fingerprints.Count: 0 })
        {
            check.Error("", "It names no certificate, so it would let nobody in.", "Write subjects or fingerprints.");
        }

        string?[] subjects = [.. options.Subjects.Select((text, i) => ReadSubject(check, $"subjects[{i}]", text))];
        string?[] fingerprints = [.. options.Fingerprints.Select((text, i) => ReadFingerprint(check, $"fingerprints[{i}]", text))];
        OwnField? subject = OwnField.Read(check, "subject_header", options.SubjectHeader);
        return check.HasErrors
            ? null
            : new AuthCertModule(
                subjects.OfType<string>().ToFrozenSet(StringComparer.Ordinal), fingerprints.OfType<string>().ToFrozenSet(StringComparer.Ordinal), subject);
    }

    // In the form that a certificate's own subject is read in.
    private static string? ReadSubject(CheckedBuilder check, string option, string text)
    {
        try
        {
            X500DistinguishedName name = new(text);
            if (name.RawData.Length > 2)
            {
                return new X500DistinguishedName(name.RawData).Name;
            }
        }
        catch (CryptographicException)
        {
            // Told below.
        }

        check.Error(option, $"\"{text}\" is no subject of a certificate.", "Write it as `openssl x509 -noout -subject -nameopt RFC2253` does: CN=alice,O=Example.");
        return null;
    }

    private static string? ReadFingerprint(CheckedBuilder check, string option, string text)
    {
        string digits = text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        if (digits.Length == SHA256.HashSizeInBytes * 2 && digits.All(char.IsAsciiHexDigitLower))
        {
            return digits;
        }

        check.Error(option, $"\"{text}\" is no SHA-256 fingerprint.", "Write the 64 hexadecimal digits that `openssl x509 -noout -fingerprint -sha256` shows.");
        return null;
    }
}
