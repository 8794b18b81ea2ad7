// Hot: runs for each request that passes the stack, and for each connection of a listener.
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Access;

/// <summary>Lets clients in or keeps them out by their address.</summary>
internal sealed class AccessModule : IRequestModule, IConnectionModule, IDisposable
{
    private readonly WatchedTable _table;
    private readonly FileTimer? _timer;
    private readonly bool _refusesOthers;
    private readonly int _status;

    /// <param name="table">The rules.</param>
    /// <param name="timer">What keeps them current; null when they stand in the configuration.</param>
    /// <param name="refusesOthers">Whether addresses that no rule names are refused.</param>
    /// <param name="status">The status of a refusal.</param>
    public AccessModule(WatchedTable table, FileTimer? timer, bool refusesOthers, int status)
    {
        _table = table;
        _timer = timer;
        _refusesOthers = refusesOthers;
        _status = status;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        bool isRefused = IsRefused(exchange.ClientAddress, out AccessRule rule);
        exchange.Trace?.Add("access", $"{(isRefused ? "refused" : "let in")} {exchange.ClientAddress}: {_table.Describe(rule)}");
        if (!isRefused)
        {
            return new(Verdict.Continue);
        }

        exchange.Error = ProxyErrors.AccessDenied;
        exchange.ErrorStatus = _status;
        return new(Verdict.Answered);
    }

    /// <inheritdoc/>
    public Verdict OnConnected(in ConnectionInfo connection) => IsRefused(connection.Remote, out _) ? Verdict.Abort : Verdict.Continue;

    /// <inheritdoc/>
    public Verdict OnClientHello(in ClientHello hello) => Verdict.Continue;

    /// <summary>Stops looking at the files; exchanges that began before still use the last table.</summary>
    public void Dispose() => _timer?.Dispose();

    private bool IsRefused(IpAddress address, out AccessRule rule)
    {
        rule = _table.Find(address);
        return rule.List == AccessList.None ? _refusesOthers : rule.IsDeny;
    }
}
