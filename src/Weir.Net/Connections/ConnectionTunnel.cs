using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;

namespace Weir.Net.Connections;

/// <summary>A connection as one end of a tunnel. Idle and lifetime limits are the tunnel's business, so nothing here times out.</summary>
public sealed class ConnectionTunnel : ITunnelEnd
{
    private readonly Connection _connection;
    private readonly ProxyError _onFailure;
    private ProxyError? _reason;
    private int _lent;

    /// <summary>A tunnel over a connection; what was received before is the beginning of what is read.</summary>
    /// <param name="connection">The connection, to be closed by its owner.</param>
    /// <param name="onFailure">What a reset of this side means.</param>
    public ConnectionTunnel(Connection connection, ProxyError onFailure)
    {
        _connection = connection;
        _onFailure = onFailure;
    }

    /// <inheritdoc/>
    public ValueTask<BodyRead> ReadAsync()
    {
        if (_lent > 0)
        {
            _connection.Consume(_lent);
            _lent = 0;
        }

        return _connection.ReceivedCount > 0 ? new(Lend()) : ReadSlowAsync();
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<ProxyError?> WriteAsync(NativeSlice octets)
    {
        WriteStatus status = await _connection.WriteAsync(octets, default, Connection.NoTimeout);
        return status == WriteStatus.Done ? null : _reason ?? _onFailure;
    }

    /// <inheritdoc/>
    public void FinishWriting() => _connection.ShutdownWrite();

    /// <inheritdoc/>
    public void Abort(ProxyError reason)
    {
        _reason ??= reason;
        _connection.Abort();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<BodyRead> ReadSlowAsync()
    {
        ReadStatus status = await _connection.ReadAsync(Connection.NoTimeout);
        return status switch
        {
            ReadStatus.Data => Lend(),
            ReadStatus.End => BodyRead.Last(default),
            _ => BodyRead.Failed(_reason ?? _onFailure),
        };
    }

    private BodyRead Lend()
    {
        _lent = _connection.ReceivedCount;
        return BodyRead.More(_connection.ReceivedSlice(0, _lent));
    }
}
