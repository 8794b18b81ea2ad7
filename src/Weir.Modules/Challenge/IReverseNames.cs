using System.Net;

namespace Weir.Modules.Challenge;

/// <summary>Asks DNS: away from the loops, within the deadlines of the system.</summary>
internal interface IReverseNames
{
    /// <summary>The name of an address (RFC 1035 section 3.5); null: it has none.</summary>
    Task<string?> NameOfAsync(IPAddress address);

    /// <summary>The addresses of a name; empty: it has none.</summary>
    Task<IPAddress[]> AddressesOfAsync(string name);
}
