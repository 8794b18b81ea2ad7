using Weir.Abstractions.Modules;
using Weir.Net.Tls;

namespace Weir.Pipeline.Plans;

/// <summary>Signatures of Ed25519 for modules, by the OpenSSL that TLS is spoken with.</summary>
internal sealed class OpenSslEd25519 : IEd25519
{
    public static OpenSslEd25519 Instance { get; } = new();

    public bool Verifies(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Ed25519.Verifies(publicKey, message, signature);
}
