using System.Net;

namespace Weir.Modules.Challenge;

/// <summary>The system's resolver.</summary>
internal sealed class SystemNames : IReverseNames
{
    /// <inheritdoc/>
    public async Task<string?> NameOfAsync(IPAddress address)
    {
        IPHostEntry entry = await Dns.GetHostEntryAsync(address);
        return entry.HostName;
    }

    /// <inheritdoc/>
    public Task<IPAddress[]> AddressesOfAsync(string name) => Dns.GetHostAddressesAsync(name);
}
