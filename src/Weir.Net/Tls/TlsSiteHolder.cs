using Weir.Abstractions.Exchanges;

namespace Weir.Net.Tls;

/// <summary>
/// The certificates in force, of the whole process: one thread at a time swaps them, every loop reads. A handshake that has begun keeps
/// what it began with.
/// </summary>
public sealed class TlsSiteHolder
{
    private volatile TlsSites? _current;

    /// <summary>The keys of session tickets: they outlive every reload.</summary>
    public TlsTicketKeys Tickets { get; } = new();

    /// <summary>Asked for a certificate of an ACME challenge (RFC 8737) by server name; null: none is going on. Called on loops.</summary>
    public Func<string, TlsContext?>? ChallengeOf { get; set; }

    /// <summary>
    /// Looks elsewhere for the challenge of a server name, such as where another process of the same machine has put it; null: nowhere.
    /// Called on loops; it runs elsewhere, and never fails.
    /// </summary>
    public Func<string, Task>? LookForChallenge { get; set; }

    /// <summary>Certificates of names that are known when a client asks for them; null: there are none.</summary>
    public INamedCertificates? ByName { get; set; }

    /// <summary>What is promised for each site, as exchanges ask for it.</summary>
    public TlsPolicies Policies { get; } = new();

    /// <summary>What new handshakes use; null while no site has TLS.</summary>
    public TlsSites? Current => _current;

    /// <summary>Puts others in force and returns those before, which each loop still has to dispose of.</summary>
    public TlsSites? Swap(TlsSites? next)
    {
        TlsSites? before = _current;
        _current = next;
        Policies.Swap(next?.Policies ?? []);
        return before;
    }
}
