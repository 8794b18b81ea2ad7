using Weir.Config.Model;

namespace Weir.Acme;

/// <summary>Shows an issuer that a name is ours.</summary>
internal interface IProver
{
    /// <summary>The kind of proof.</summary>
    AcmeChallenge Kind { get; }

    /// <summary>Shows the proof until what is returned is disposed of.</summary>
    /// <param name="name">The name, without "*.".</param>
    /// <param name="token">The challenge's token.</param>
    /// <param name="authorization">The key authorization (RFC 8555 section 8.1).</param>
    /// <param name="cancelled">Ends it.</param>
    /// <exception cref="AcmeException">It cannot be shown.</exception>
    Task<IAsyncDisposable> ShowAsync(string name, string token, string authorization, CancellationToken cancelled);
}
