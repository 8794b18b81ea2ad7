namespace Weir.Net.Tls;

/// <summary>Certificates of names that no configuration lists: got when a client first asks for one. Called on loops.</summary>
public interface INamedCertificates
{
    /// <summary>A name's context for a loop; null: there is none, or not yet. Used in the same turn, never kept.</summary>
    /// <param name="name">The server name, as the client sent it.</param>
    /// <param name="loop">The loop that asks.</param>
    TlsContext? Find(string name, int loop);

    /// <summary>
    /// Completes when the name has its certificate, or will not have it soon: after a bounded time in any case. It runs elsewhere, and
    /// never fails.
    /// </summary>
    /// <param name="name">The server name, as the client sent it.</param>
    /// <param name="longestMs">How long the wait may be at most.</param>
    Task ObtainAsync(string name, out int longestMs);
}
