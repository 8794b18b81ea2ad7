using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Weir.Abstractions.Errors;

namespace Weir.Upstream.Resolving;

/// <summary>
/// The process's resolver of host names: hosts and resolv.conf as the C library reads them, answers kept as long as their TTL says, and
/// the last good addresses when DNS fails. Thread-safe; all its work runs on worker threads, so that loops only ever read.
/// </summary>
public sealed class NameResolver : IDisposable
{
    // Watched names come from the configuration and are not bounded here; names that are only asked for might come from anywhere.
    private const int MaxUnwatchedNames = 10_000;

    private static readonly TimeSpan _unusedGrace = TimeSpan.FromMinutes(1);

    private readonly NameResolverOptions _options;
    private readonly TimeProvider _time;
    private readonly ResolutionRules _rules;
    private readonly ResolverFiles _files;
    private readonly NameLookup _lookup;
    private readonly ITimer _fileTimer;
    private readonly ConcurrentDictionary<string, NameEntry> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, ServiceEntry> _services = new(StringComparer.OrdinalIgnoreCase);
    private bool _isDisposed;

    /// <summary>Reads the two files and starts to watch them.</summary>
    /// <param name="options">How to resolve.</param>
    /// <param name="time">The clock and timers of everything that the resolver does.</param>
    public NameResolver(NameResolverOptions options, TimeProvider time)
    {
        Debug.Assert(options.Servers is null or { Count: > 0 }, "Servers that replace resolv.conf's are at least one.");
        _options = options;
        _time = time;
        _rules = new ResolutionRules(options, time, Counters);
        _files = new ResolverFiles(
            options.ResolvConfPath, options.HostsPath, conf => options.Servers is { } servers ? conf with { Servers = servers } : conf);
        _lookup = new NameLookup(_files, new DnsClient(time, Counters));
        _fileTimer = time.CreateTimer(
            static resolver => ((NameResolver)resolver!).OnFileCheck(), this, options.FileCheckInterval, options.FileCheckInterval);
    }

    /// <summary>What was done so far.</summary>
    public DnsCounters Counters { get; } = new();

    /// <summary>Servers in use.</summary>
    public IReadOnlyList<IPEndPoint> Servers => _files.ResolvConf.Servers;

    /// <inheritdoc/>
    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, true);
        _fileTimer.Dispose();
        foreach (NameEntry entry in _names.Values)
        {
            entry.Dispose();
        }

        foreach (ServiceEntry entry in _services.Values)
        {
            entry.Dispose();
        }

        _lookup.Dispose();
    }

    /// <summary>
    /// What is known about a host: an address literal, localhost or a name. Never waits; the first call for a name starts its lookup and
    /// returns a pending snapshot.
    /// </summary>
    public ResolvedName Get(string host) => FindName(host, isWatched: false)?.Get() ?? Refuse(host);

    /// <summary>What is known about a host, after its first lookup. Completes at once when it is known.</summary>
    public ValueTask<ResolvedName> ResolveAsync(string host) => FindName(host, isWatched: false)?.ResolveAsync() ?? new(Refuse(host));

    /// <summary>Keeps a host fresh until the watch is disposed.</summary>
    /// <param name="host">An address literal, localhost or a name.</param>
    /// <param name="onChanged">
    /// Called on a worker thread, one call after the other, when the set of addresses or the error has changed. Read the watch once after
    /// creating it: a change from before is not repeated.
    /// </param>
    /// <param name="refresh">An upper bound for the TTL.</param>
    public ResolutionWatch<ResolvedName> Watch(string host, Action<ResolvedName>? onChanged = null, TimeSpan? refresh = null)
    {
        while (true)
        {
            if (FindName(host, isWatched: true)!.TryWatch(onChanged, refresh) is { } watch)
            {
                return watch;
            }

            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), this);
        }
    }

    /// <summary>
    /// The servers behind a name: "name:port" makes each of its addresses one; a name without a port is asked for SRV records. The
    /// lifetime is the least of all answers that took part.
    /// </summary>
    public ValueTask<ResolvedServers> ResolveServersAsync(string service) => FindService(service, isWatched: false) is { } entry
        ? entry.ResolveAsync()
        : new(new ResolvedServers(service, []) { Error = ProxyErrors.DnsError, ErrorText = TooMany(service) });

    /// <summary>Keeps the servers behind a name fresh until the watch is disposed; parameters as for hosts.</summary>
    public ResolutionWatch<ResolvedServers> WatchServers(
        string service, Action<ResolvedServers>? onChanged = null, TimeSpan? refresh = null)
    {
        while (true)
        {
            if (FindService(service, isWatched: true)!.TryWatch(onChanged, refresh) is { } watch)
            {
                return watch;
            }

            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), this);
        }
    }

    /// <summary>Every name in the table, for status pages.</summary>
    public IReadOnlyList<ResolvedName> ListNames() => [.. _names.Values.Select(static entry => entry.Current)];

    /// <summary>Every service in the table, for status pages.</summary>
    public IReadOnlyList<ResolvedServers> ListServices() => [.. _services.Values.Select(static entry => entry.Current)];

    private static string TooMany(string name) => $"{name}: more than {MaxUnwatchedNames} names were asked for within a minute.";

    private static ResolvedName Refuse(string host) => new(host, []) { Error = ProxyErrors.DnsError, ErrorText = TooMany(host) };

    private NameEntry? FindName(string host, bool isWatched)
    {
        if (_names.TryGetValue(host, out NameEntry? entry))
        {
            return entry;
        }

        return !isWatched && _names.Count >= MaxUnwatchedNames
            ? null
            : _names.GetOrAdd(host, static (key, resolver) => resolver.CreateName(key), this);
    }

    private ServiceEntry? FindService(string service, bool isWatched)
    {
        if (_services.TryGetValue(service, out ServiceEntry? entry))
        {
            return entry;
        }

        return !isWatched && _services.Count >= MaxUnwatchedNames
            ? null
            : _services.GetOrAdd(service, static (key, resolver) => resolver.CreateService(key), this);
    }

    private NameEntry CreateName(string host)
    {
        ResolvedName initial = FixedNames.TryGet(host, out AddressAnswer? answer)
            ? _rules.Fix(host, answer)
            : new ResolvedName(host, []) { IsPending = true };
        return new NameEntry(initial, _options, _time, Counters, _lookup);
    }

    private ServiceEntry CreateService(string service) =>
        new(new ResolvedServers(service, []) { IsPending = true }, _options, _time, Counters, _lookup);

    private void OnFileCheck()
    {
        bool hasChanged = _files.CheckForChanges();
        Maintain(_names, hasChanged, static (entry, grace) => entry.TryRetire(grace), static entry => entry.Outdate());
        Maintain(_services, hasChanged, static (entry, grace) => entry.TryRetire(grace), static entry => entry.Outdate());
    }

    private static void Maintain<TEntry>(
        ConcurrentDictionary<string, TEntry> entries, bool hasChanged, Func<TEntry, TimeSpan, bool> tryRetire, Action<TEntry> outdate)
        where TEntry : IDisposable
    {
        foreach ((string key, TEntry entry) in entries)
        {
            if (tryRetire(entry, _unusedGrace))
            {
                entries.TryRemove(new KeyValuePair<string, TEntry>(key, entry));
                entry.Dispose();
                continue;
            }

            if (hasChanged)
            {
                outdate(entry);
            }
        }
    }
}
