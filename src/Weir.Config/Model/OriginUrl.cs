using Weir.Abstractions.Exchanges;

namespace Weir.Config.Model;

/// <summary>Scheme, host and port of an origin server.</summary>
/// <param name="IsTls">Whether the scheme is https.</param>
/// <param name="Host">A name in lower case or an address without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record OriginUrl(bool IsTls, string Host, int Port)
{
    /// <summary>The address where the host is one, else null: a name to be resolved.</summary>
    public IpAddress? Address => IpAddress.TryParse(Host, out IpAddress address) ? address : null;

    /// <summary>HOST:PORT, with brackets around an IPv6 address.</summary>
    public string Authority => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <inheritdoc/>
    public override string ToString() => (IsTls ? "https://" : "http://") + Authority;
}
