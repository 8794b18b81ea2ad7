using System.Runtime.InteropServices;

namespace Weir.Cli.Commands;

/// <summary>SIGTERM and Ctrl-C: the first one asks to stop, the second one ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private const int SignalledExit = 128;

    private readonly TaskCompletionSource<string> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;

    /// <summary>Listens from now on.</summary>
    public StopSignals()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => OnSignal(signal, 15));
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => OnSignal(signal, 2));
    }

    /// <summary>Completes with the first signal's name.</summary>
    public Task<string> Asked => _stop.Task;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void OnSignal(PosixSignalContext signal, int number)
    {
        signal.Cancel = true;
        if (!_stop.TrySetResult(signal.Signal.ToString()))
        {
            Environment.Exit(SignalledExit + number);
        }
    }
}
