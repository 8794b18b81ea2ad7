using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Weir.Telemetry.Events;

namespace Weir.Machine;

/// <summary>
/// Tells the service manager how things stand (sd_notify(3)): a datagram of KEY=value lines to the socket that NOTIFY_SOCKET names. Does
/// nothing where there is none. Any thread may use it.
/// </summary>
public sealed class ServiceNotifier : IDisposable
{
    private const int SendTimeoutMs = 1000;

    private readonly WeirLog _log;
    private readonly UnixDomainSocketEndPoint? _manager;
    private readonly Socket? _socket;
    private volatile bool _isStopping;

    private ServiceNotifier(WeirLog log, string? address)
    {
        _log = log;

        // A path, or a name of the abstract namespace, which begins with a zero and is written with an @.
        if (address is ['/' or '@', _, ..])
        {
            _manager = new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address);
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendTimeoutMs };
        }
    }

    /// <summary>Whether somebody listens.</summary>
    public bool IsHeard => _socket is not null;

    /// <summary>How often a sign of life is due; null when nobody waits for one.</summary>
    public TimeSpan? WatchdogInterval { get; private init; }

    /// <summary>Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and unsets them, so that no child speaks for this process.</summary>
    public static ServiceNotifier FromEnvironment(WeirLog log)
    {
        string? address = Take("NOTIFY_SOCKET");
        string? microseconds = Take("WATCHDOG_USEC");
        string? process = Take("WATCHDOG_PID");
        bool isMine = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        bool isWatched = long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long interval) && interval > 0
            && isMine;
        return new ServiceNotifier(log, address)
        {
            // sd_watchdog_enabled(3) advises half of the time that the manager grants.
            WatchdogInterval = isWatched ? TimeSpan.FromMicroseconds(Math.Max(interval / 2, 1000)) : null,
        };
    }

    /// <summary>It serves; also what ends a reload.</summary>
    public void Ready(string status) => SendUnlessStopping($"READY=1\nSTATUS={Line(status)}");

    /// <summary>
    /// A reload begins; <see cref="Ready"/> says when it is over. The time is what `Type=notify-reload` wants, and older managers skip.
    /// </summary>
    public void Reloading() => SendUnlessStopping(string.Create(
        CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Environment.TickCount64 * 1000}\nSTATUS=Reloading"));

    /// <summary>It ends, and needs up to so long.</summary>
    public void Stopping(TimeSpan within)
    {
        _isStopping = true;
        Send(string.Create(CultureInfo.InvariantCulture, $"STOPPING=1\nEXTEND_TIMEOUT_USEC={(long)within.TotalMicroseconds}\nSTATUS=Draining"));
    }

    /// <summary>A sign of life.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static string? Take(string variable)
    {
        string? value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }

    private static string Line(string text) => text.ReplaceLineEndings(" ");

    // Whoever ends is neither ready nor reloading any more, whatever a signal asks for meanwhile.
    private void SendUnlessStopping(string state)
    {
        if (!_isStopping)
        {
            Send(state);
        }
    }

    private void Send(string state)
    {
        if (_socket is null)
        {
            return;
        }

        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _manager!);
        }
        catch (SocketException exception)
        {
            _log.Write(OperatorEvents.NotifyFailed, exception.Message);
        }
        catch (ObjectDisposedException)
        {
            // A reload that ends while the process ends has nothing left to tell.
        }
    }
}
