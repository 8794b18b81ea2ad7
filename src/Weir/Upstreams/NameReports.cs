using System.Collections.Concurrent;
using Weir.Telemetry.Events;
using Weir.Upstream.Resolving;

namespace Weir.Upstreams;

/// <summary>Tells the operator once when a name no longer resolves, and once when it does again. Any thread.</summary>
internal sealed class NameReports
{
    private readonly ConcurrentDictionary<string, bool> _failing = new(StringComparer.OrdinalIgnoreCase);
    private readonly WeirLog _log;

    public NameReports(WeirLog log) => _log = log;

    /// <summary>What is known of a name has changed. The same name may be told of by several who watch it.</summary>
    public void OnChanged(ResolvedName name)
    {
        if (name.IsPending)
        {
            return;
        }

        if (name.Error is not null && _failing.TryAdd(name.Host, true))
        {
            _log.Write(OperatorEvents.DnsFailed, name.Host, name.ErrorText.TrimEnd('.'), name.Addresses.Length);
        }
        else if (name.Error is null && _failing.TryRemove(name.Host, out _))
        {
            _log.Write(OperatorEvents.DnsRecovered, name.Host, string.Join(", ", name.Addresses));
        }
    }
}
