using Weir.Abstractions.Exchanges;

namespace Weir.Config.Model;

/// <summary>An address to listen on.</summary>
/// <param name="Ip">The address; null: every IPv4 and IPv6 address of the machine, or a unix socket.</param>
/// <param name="Port">0 to 65535; 0 takes a free one. Meaningless for a unix socket.</param>
/// <param name="UnixPath">The socket's path as written, or null.</param>
public sealed record ListenAddress(IpAddress? Ip, int Port, string? UnixPath)
{
    /// <summary>Every address of the machine.</summary>
    public static ListenAddress Any(int port) => new(null, port, null);

    /// <summary>Whether it is a unix socket.</summary>
    public bool IsUnix => UnixPath is not null;

    /// <inheritdoc/>
    public override string ToString() => this switch
    {
        { UnixPath: { } path } => "unix:" + path,
        { Ip: { IsIPv4: false } ip } => $"[{ip.ToIPAddress()}]:{Port}",
        { Ip: { } ip } => $"{ip.ToIPAddress()}:{Port}",
        _ => $":{Port}",
    };
}
