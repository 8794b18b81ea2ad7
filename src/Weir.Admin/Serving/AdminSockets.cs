using System.Net;
using System.Net.Sockets;
using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Telemetry.Events;

namespace Weir.Admin.Serving;

/// <summary>
/// The admin's listening sockets. One that the configuration names must be there, or it is an error. Those of the defaults give way to
/// another Weir, with an event: what serves clients is worth more than its admin.
/// </summary>
internal sealed class AdminSockets
{
    private const int Backlog = 128;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    private readonly List<Socket> _sockets = [];
    private readonly WeirConfig _config;
    private readonly WeirLog _log;
    private readonly List<ConfigError> _errors;

    private AdminSockets(WeirConfig config, WeirLog log, List<ConfigError> errors)
    {
        _config = config;
        _log = log;
        _errors = errors;
    }

    /// <summary>The sockets that listen.</summary>
    public IReadOnlyList<Socket> All => _sockets;

    /// <summary>The unix socket's path; null when there is none.</summary>
    public string? SocketPath { get; private set; }

    /// <summary>Opens both. Errors are of what the configuration names.</summary>
    public static AdminSockets Open(WeirConfig config, WeirLog log, List<ConfigError> errors)
    {
        AdminSockets sockets = new(config, log, errors);
        sockets.OpenUnix(AdminPlaces.SocketOf(config), config.Admin.Socket is not null);
        sockets.OpenTcp(config.Admin.Listen ?? AdminPlaces.DefaultListen, config.Admin.Listen is not null);
        return sockets;
    }

    /// <summary>Closes what nobody took over.</summary>
    public void Close() => _sockets.ForEach(socket => socket.Dispose());

    private void OpenUnix(string path, bool isWritten)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            UnixDomainSocketEndPoint endPoint = new(path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerFolder);
            if (IsLive(path, endPoint))
            {
                socket.Dispose();
                Report(OperatorEvents.AdminSocketTaken, "socket", path, "another Weir serves it", isWritten);
                return;
            }

            File.Delete(path);
            socket.Bind(endPoint);

            // Nobody connects before it listens, so that nobody comes in before its mode is right.
            File.SetUnixFileMode(path, OwnerOnly);
            socket.Listen(Backlog);
            _sockets.Add(socket);
            SocketPath = path;
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            Report(OperatorEvents.AdminSocketTaken, "socket", path, exception.Message, isWritten);
        }
    }

    // What a process left behind refuses connections. What is no socket is not ours to delete.
    private static bool IsLive(string path, EndPoint endPoint)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            return false;
        }
    }

    // The runtime has no word for a socket: it is what is neither a folder nor a link and has no content.
    private static bool IsSocket(string path) =>
        !Directory.Exists(path) && new FileInfo(path) is { LinkTarget: null, Length: 0 };

    private void OpenTcp(ListenAddress address, bool isWritten)
    {
        if (address.UnixPath is { } path)
        {
            Report(OperatorEvents.AdminPortTaken, "listen", address.ToString(), $"it is a unix socket; write `socket: {path}`", isWritten: true);
            return;
        }

        if (!isWritten && _config.Listen.Any(listener => listener.Address.UnixPath is null && listener.Address.Port == address.Port))
        {
            Report(OperatorEvents.AdminPortTaken, "listen", address.ToString(), "a listener of this configuration has the port", isWritten);
            return;
        }

        IPEndPoint endPoint = new(address.Ip?.ToIPAddress() ?? IPAddress.IPv6Any, address.Port);
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = address.Ip is null;
            }

            socket.Bind(endPoint);
            socket.Listen(Backlog);
            _sockets.Add(socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            Report(OperatorEvents.AdminPortTaken, "listen", address.ToString(), exception.Message, isWritten);
        }
    }

    private void Report(OperatorEvent happened, string option, string place, string reason, bool isWritten)
    {
        if (!isWritten)
        {
            _log.Write(happened, place, reason);
            return;
        }

        Position position = _config.Admin.Position;
        _errors.Add(new ConfigError(
            position.File, position.Line, position.Column, $"admin.{option}: Weir cannot listen on {place}: {reason}.",
            "Choose another place, or end what holds this one."));
    }
}
