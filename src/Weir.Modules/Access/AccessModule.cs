// Hot: runs for each request that passes the stack, and for each connection of a listener.
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Access;

/// <summary>Lets clients in or keeps them out.</summary>
internal sealed class AccessModule : IRequestModule, IConnectionModule, IDisposable
{
    private readonly WatchedTable _table;
    private readonly AccessTraits? _traits;
    private readonly FileTimer[] _timers;
    private readonly bool _refusesOthers;
    private readonly int _status;

    /// <param name="table">The ranges.</param>
    /// <param name="traits">What else is asked; null: nothing.</param>
    /// <param name="timers">What keeps files and URLs current.</param>
    /// <param name="refusesOthers">Whether clients that nothing names are refused.</param>
    /// <param name="status">The status of a refusal.</param>
    public AccessModule(WatchedTable table, AccessTraits? traits, FileTimer[] timers, bool refusesOthers, int status)
    {
        _table = table;
        _traits = traits;
        _timers = timers;
        _refusesOthers = refusesOthers;
        _status = status;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        bool isRefused = IsRefused(exchange, out AccessRule rule, out string trait);
        exchange.Trace?.Add("access", $"{(isRefused ? "refused" : "let in")} {exchange.ClientAddress}: {(trait.Length > 0 ? trait : _table.Describe(rule))}");
        if (!isRefused)
        {
            return new(Verdict.Continue);
        }

        exchange.Error = ProxyErrors.AccessDenied;
        exchange.ErrorStatus = _status;
        return new(Verdict.Answered);
    }

    /// <inheritdoc/>
    public Verdict OnConnected(in ConnectionInfo connection) =>
        // What asks for the handshake decides once it is there.
        _traits is { AsksTls: true } && connection.IsTls ? Verdict.Continue : Decide(connection);

    /// <inheritdoc/>
    public Verdict OnClientHello(in ClientHello hello) => _traits is { AsksTls: true } ? Decide(hello.Connection) : Verdict.Continue;

    /// <summary>Stops looking at files and URLs; exchanges that began before still use the last lists.</summary>
    public void Dispose()
    {
        foreach (FileTimer timer in _timers)
        {
            timer.Dispose();
        }
    }

    private Verdict Decide(ConnectionInfo connection) =>
        IsRefused(connection.Remote, connection.TlsFingerprint, out _, out _) ?? _refusesOthers ? Verdict.Abort : Verdict.Continue;

    private bool IsRefused(Exchange exchange, out AccessRule rule, out string trait)
    {
        if (_traits?.DenyWhen is { } deny && deny.Holds(exchange))
        {
            rule = default;
            trait = "deny_when";
            return true;
        }

        bool? isRefused = IsRefused(exchange.ClientAddress, exchange.Connection.TlsFingerprint, out rule, out trait);
        if (isRefused is null && _traits?.AllowWhen is { } allow && allow.Holds(exchange))
        {
            trait = "allow_when";
            return false;
        }

        return isRefused ?? _refusesOthers;
    }

    // A range says more than a country or a kind of program: it decides where there is one.
    private bool? IsRefused(IpAddress address, string? ja4, out AccessRule rule, out string trait)
    {
        trait = "";
        rule = _table.Find(address);
        return rule.List != AccessList.None ? rule.IsDeny : _traits?.Judge(address, ja4, out trait);
    }
}
