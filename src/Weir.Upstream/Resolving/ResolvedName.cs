using System.Collections.Immutable;
using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>What is known about a host name.</summary>
public sealed class ResolvedName : Resolution
{
    internal ResolvedName(string host, ImmutableArray<IpAddress> addresses)
    {
        Host = host;
        Addresses = addresses;
    }

    /// <summary>As it was asked for.</summary>
    public string Host { get; }

    /// <summary>In the order to try them. Empty when there are none: see <see cref="Resolution.Error"/>.</summary>
    public ImmutableArray<IpAddress> Addresses { get; }

    /// <summary>Whether both have the same addresses, in any order: servers rotate them from answer to answer.</summary>
    public bool HasSameAddresses(ResolvedName other) =>
        Addresses.Length == other.Addresses.Length && !Addresses.Except(other.Addresses).Any();

    /// <inheritdoc/>
    public override string ToString() => $"{Host}: {(Addresses.IsEmpty ? ErrorText : string.Join(", ", Addresses))}";
}
