using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.Sockets;

namespace Weir.Upstream.Connecting;

/// <summary>
/// RFC 8305 section 5: tries the addresses in order, 250 ms apart or as soon as the one before has failed; the first connection wins and
/// the others are closed. Belongs to one loop.
/// </summary>
internal sealed class AddressRace
{
    private const int StaggerMs = 250;
    private const int MaxAddresses = 8;

    private readonly Loop _loop;
    private readonly ImmutableArray<IpAddress> _addresses;
    private readonly int _port;
    private readonly long _deadlineMs;
    private readonly TaskCompletionSource<ConnectResult> _result = new();
    private ProxyError _lastError = ProxyErrors.ConnectFailed;
    private int _next;
    private int _running;
    private bool _isDecided;

    public AddressRace(Loop loop, ImmutableArray<IpAddress> addresses, int port, int timeoutMs)
    {
        _loop = loop;
        _addresses = addresses.Length <= MaxAddresses ? addresses : addresses[..MaxAddresses];
        _port = port;
        _deadlineMs = loop.NowMs + timeoutMs;
    }

    public async ValueTask<ConnectResult> RunAsync()
    {
        _loop.Observe(StartAllAsync());
        return await _result.Task;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public static async ValueTask<ConnectResult> ConnectOneAsync(Loop loop, SocketAddress address, int timeoutMs)
    {
        SocketConnection? connection = SocketConnection.Connect(
            loop, address, timeoutMs, out ValueTask<WriteStatus> connected, out int error);
        if (connection is null)
        {
            return ConnectResult.Failed(ConnectErrors.Of(error));
        }

        WriteStatus status = await connected;
        if (status == WriteStatus.Done)
        {
            return ConnectResult.Of(connection);
        }

        ProxyError reason = status == WriteStatus.TimedOut ? ProxyErrors.ConnectTimeout : ConnectErrors.Of(connection.ConnectError);
        connection.Close();
        return ConnectResult.Failed(reason);
    }

    private async ValueTask StartAllAsync()
    {
        while (!_isDecided && _next < _addresses.Length)
        {
            _loop.Observe(TryAsync(_addresses[_next++]));
            int started = _next;
            long waitedUntilMs = _loop.NowMs + StaggerMs;
            while (!_isDecided && _running > 0 && started == _next && _loop.NowMs < waitedUntilMs)
            {
                await _loop.DelayAsync(StaggerMs / 10);
            }
        }
    }

    private async ValueTask TryAsync(IpAddress address)
    {
        _running++;
        int leftMs = (int)Math.Max(_deadlineMs - _loop.NowMs, 1);
        ConnectResult result = await ConnectOneAsync(_loop, SocketAddress.Of(address, _port), leftMs);
        _running--;
        if (_isDecided)
        {
            result.Connection?.Close();
            return;
        }

        if (result.Connection is not null)
        {
            Decide(result);
            return;
        }

        _lastError = result.Error!;
        if (_running == 0 && (_next == _addresses.Length || _loop.NowMs >= _deadlineMs))
        {
            Decide(ConnectResult.Failed(_lastError));
        }
    }

    private void Decide(ConnectResult result)
    {
        _isDecided = true;
        _result.SetResult(result);
    }
}
