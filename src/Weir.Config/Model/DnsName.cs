namespace Weir.Config.Model;

/// <summary>A name whose every address is a server.</summary>
/// <param name="Host">The name in lower case.</param>
/// <param name="Port">1 to 65535, or null: SRV records say it.</param>
public sealed record DnsName(string Host, int? Port)
{
    /// <inheritdoc/>
    public override string ToString() => Port is { } port ? $"{Host}:{port}" : Host;
}
