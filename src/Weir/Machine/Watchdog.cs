using Weir.Telemetry.Events;

namespace Weir.Machine;

/// <summary>
/// Gives the service manager signs of life, as long as every loop answers: a stuck loop is a stuck Weir, whatever else still runs.
/// </summary>
public sealed class Watchdog : IAsyncDisposable
{
    private readonly Func<Task> _ping;
    private readonly ServiceNotifier _notifier;
    private readonly WeirLog _log;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;

    private Watchdog(ServiceNotifier notifier, TimeSpan interval, Func<Task> ping, WeirLog log, TimeProvider time)
    {
        _notifier = notifier;
        _ping = ping;
        _log = log;
        _watching = WatchAsync(interval, time);
    }

    /// <summary>Starts where the manager waits for signs of life; else null.</summary>
    /// <param name="notifier">The manager.</param>
    /// <param name="ping">Completes when every loop has answered.</param>
    /// <param name="log">Where operators read.</param>
    /// <param name="time">The clock; null: the system's.</param>
    public static Watchdog? Start(ServiceNotifier notifier, Func<Task> ping, WeirLog log, TimeProvider? time = null) =>
        notifier is { IsHeard: true, WatchdogInterval: { } interval } ? new Watchdog(notifier, interval, ping, log, time ?? TimeProvider.System) : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync(TimeSpan interval, TimeProvider time)
    {
        using PeriodicTimer timer = new(interval, time);
        Task answer = _ping();
        long asked = time.GetTimestamp();
        bool isSaid = false;
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                // One question at a time: a stuck loop's mailbox must not fill.
                if (answer.IsCompleted)
                {
                    _notifier.Alive();
                    isSaid = false;
                    asked = time.GetTimestamp();
                    answer = _ping();
                }
                else if (!isSaid)
                {
                    isSaid = true;
                    _log.Write(OperatorEvents.WatchdogSilent, (long)time.GetElapsedTime(asked).TotalMilliseconds);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends, in order.
        }
    }
}
