using Weir.Control;

namespace Weir.Admin.Api;

/// <summary>A server whose state was set.</summary>
/// <param name="Upstream">The upstream's name.</param>
/// <param name="Was">The state before.</param>
/// <param name="Warning">What is wrong although it was done; empty when all is well.</param>
/// <param name="Server">The server now; null when it went in the meantime.</param>
public sealed record ServerAnswer(string Upstream, string Was, string Warning, ServerStatus? Server);
