using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Config.Model;
using Weir.Hosting;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Counting;

namespace Weir.Control;

/// <summary>What may be asked of a running Weir, and told to it. Any thread. The admin interface is one user of it.</summary>
public interface IWeirControl
{
    /// <summary>Whether an outer balancer should send requests here: it serves, and does not end.</summary>
    bool IsReady { get; }

    /// <summary>The configuration in force.</summary>
    WeirConfig Config { get; }

    /// <summary>What is counted.</summary>
    CounterSet Counters { get; }

    /// <summary>The upstreams as they live, for whoever reads them often.</summary>
    IEnumerable<UpstreamState> LiveUpstreams { get; }

    /// <summary>What the modules of the configuration in force count; the same list until another one is in force.</summary>
    IReadOnlyList<ModuleCounter> ModuleCounters { get; }

    /// <summary>The loops that have not answered within a time, by number: their connections stand still.</summary>
    Task<IReadOnlyList<int>> FindStuckLoopsAsync(TimeSpan deadline);

    /// <summary>The process, its listeners and its upstreams as of now.</summary>
    WeirStatus Status();

    /// <summary>The upstreams and their servers as of now.</summary>
    IReadOnlyList<UpstreamStatus> Upstreams();

    /// <summary>Every certificate that clients may get, as of now.</summary>
    IReadOnlyList<CertificateStatus> Certificates();

    /// <summary>Renews a certificate that Weir got itself, whatever its time. False: it keeps none of this name.</summary>
    /// <param name="name">The name that it is kept for.</param>
    /// <param name="who">Who wants it, for the log.</param>
    bool RenewCertificate(string name, string who);

    /// <summary>Has a certificate revoked by the issuer that gave it, and orders the next one. Null: done; else why not.</summary>
    /// <param name="name">The name that it is kept for.</param>
    /// <param name="reason">Why, for the issuer.</param>
    /// <param name="who">Who wants it, for the log.</param>
    Task<string?> RevokeCertificateAsync(string name, RevocationReason reason, string who);

    /// <summary>Gives Weir's account at each issuer a new key. What came of it, by issuer.</summary>
    Task<IReadOnlyList<IssuerOutcome>> ChangeAccountKeysAsync();

    /// <summary>
    /// Sets a server to ready, drain or down until it is set to something else: also across reloads and restarts. A server that is made
    /// ready again begins slowly.
    /// </summary>
    /// <param name="upstream">The upstream's name.</param>
    /// <param name="server">The server's name.</param>
    /// <param name="state">What it shall be.</param>
    /// <param name="who">Who wants it, for the log.</param>
    ServerChange SetAdminState(string upstream, string server, AdminState state, string who);

    /// <summary>Who is kept out, the ban that ends first in front.</summary>
    IReadOnlyList<Ban> Bans();

    /// <summary>
    /// Keeps a range of addresses out for a time, whatever the modules say: also across reloads and restarts. Its connections end at once;
    /// where trusted proxies tell the clients' addresses, their requests are refused.
    /// </summary>
    /// <param name="range">The range.</param>
    /// <param name="time">For how long.</param>
    /// <param name="why">For the list and the log.</param>
    /// <param name="who">Who wants it, for the list and the log.</param>
    BanChange SetBan(IpPrefix range, TimeSpan time, string why, string who);

    /// <summary>Ends the ban of exactly that range.</summary>
    BanChange LiftBan(IpPrefix range, string who);

    /// <summary>The caches that stacks use, as of now.</summary>
    /// <param name="isBrief">Leaves out what is served most, parameters and purges: for who asks often.</param>
    IReadOnlyList<CacheReport> Caches(bool isBrief = false);

    /// <summary>
    /// Purges, or counts what would be purged. What is reported done is in force, and on disk where a cache has a tier there.
    /// </summary>
    /// <param name="order">What.</param>
    /// <param name="who">Who wants it, for the audit.</param>
    Task<PurgeReport> PurgeAsync(PurgeOrder order, string who);

    /// <summary>Reads the configuration's file anew and puts it in force if nothing is wrong with it.</summary>
    /// <param name="who">Who wants it, for the log.</param>
    Task<ReloadReport> ReloadAsync(string who);
}
