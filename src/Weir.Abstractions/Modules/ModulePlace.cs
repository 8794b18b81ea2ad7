using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Modules;

/// <summary>Where a module stands in the configuration in force, and what it may do there without a request. For one loop.</summary>
public abstract class ModulePlace
{
    /// <summary>The loop that calls.</summary>
    public abstract LoopServices Loop { get; }

    /// <summary>The stack, as an operator knows it: "site a.test", "site a.test route /api/*".</summary>
    public abstract string Name { get; }

    /// <summary>
    /// A host of the site: its first exact one, else what stands behind "*." of its first wildcard, else "localhost".
    /// </summary>
    public abstract string Host { get; }

    /// <summary>Whether the site is served over TLS: what asks in its name then asks for https.</summary>
    public abstract bool IsHttps { get; }

    /// <summary>
    /// Starts a fetch that passes only what stands below the module, as a client with the address 127.0.0.1. The request head is copied.
    /// </summary>
    /// <param name="request">What is asked for; it has no content.</param>
    /// <param name="deadlineMs">How long the whole fetch may take, content included; 0: no limit of its own.</param>
    public abstract ValueTask<FetchResult> FetchBelowAsync(RequestHead request, int deadlineMs);

    /// <summary>
    /// Tells upgraded connections that came through this stack, on all loops, to come to an orderly end: WebSockets get Close frames.
    /// A tunnel that was told is not told again.
    /// </summary>
    /// <param name="which">Asked on each tunnel's own loop for the exchange it began as; it must not wait.</param>
    public abstract void DrainTunnels(Predicate<Exchange> which);
}
