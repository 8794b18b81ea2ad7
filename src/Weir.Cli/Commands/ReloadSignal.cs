using System.Runtime.InteropServices;
using Weir.Hosting;
using Weir.Machine;
using Weir.Telemetry.Events;

namespace Weir.Cli.Commands;

/// <summary>
/// SIGHUP: reads the file anew. One reload runs at a time; signals that come meanwhile make one more, because the file may have changed
/// after it was read.
/// </summary>
internal sealed class ReloadSignal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PosixSignalRegistration _hangUp;
    private readonly WeirLog _log;
    private readonly ServiceNotifier _manager;
    private WeirHost? _host;
    private bool _isRunning;
    private bool _isAsked;

    /// <summary>Listens from now on; what comes before there is a host is done then.</summary>
    public ReloadSignal(WeirLog log, ServiceNotifier manager)
    {
        _log = log;
        _manager = manager;
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            Ask();
        });
    }

    /// <summary>The last reload; it never fails.</summary>
    public Task Last { get; private set; } = Task.CompletedTask;

    /// <summary>What to reload.</summary>
    public void Serve(WeirHost host)
    {
        lock (_lock)
        {
            _host = host;
            Start();
        }
    }

    public void Dispose() => _hangUp.Dispose();

    private void Ask()
    {
        lock (_lock)
        {
            _isAsked = true;
            Start();
        }
    }

    private void Start()
    {
        if (_isAsked && !_isRunning && _host is { } host)
        {
            _isRunning = true;
            Last = Task.Run(() => RunAsync(host));
        }
    }

    private async Task RunAsync(WeirHost host)
    {
        while (TakeAsked())
        {
            try
            {
                _manager.Reloading();
                ReloadReport report = await host.ReloadFileAsync();
                _manager.Ready(report.Summary);
            }
            catch (Exception exception)
            {
                // The edge of the program: a defect in a reload must not end what serves.
                _log.Write(OperatorEvents.InvariantBroken, $"A reload failed: {exception}");
                _manager.Ready("A reload failed by a defect; the configuration before is in force. Its log says more.");
            }
        }
    }

    private bool TakeAsked()
    {
        lock (_lock)
        {
            bool wasAsked = _isAsked;
            _isAsked = false;
            _isRunning = wasAsked;
            return wasAsked;
        }
    }
}
