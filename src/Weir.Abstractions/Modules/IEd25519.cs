namespace Weir.Abstractions.Modules;

/// <summary>Checks signatures of Ed25519 (RFC 8032), which the platform has no code for. Any thread.</summary>
public interface IEd25519
{
    /// <summary>Whether a signature is that of a key; false too for what is no key, or no signature.</summary>
    /// <param name="publicKey">The key's 32 octets.</param>
    /// <param name="message">What was signed.</param>
    /// <param name="signature">The signature's 64 octets.</param>
    bool Verifies(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}
