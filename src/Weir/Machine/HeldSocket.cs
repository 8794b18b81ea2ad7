using Weir.Net.Sockets;

namespace Weir.Machine;

/// <summary>A listening socket that waits for its listener.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Wanted">The address as a listener asks for it.</param>
/// <param name="Bound">The address it has, with its port.</param>
/// <param name="Descriptors">One, or one for each loop.</param>
internal sealed record HeldSocket(string Name, SocketAddress Wanted, SocketAddress Bound, IReadOnlyList<int> Descriptors)
{
    /// <summary>Whether somebody else holds it too: it goes on after this process.</summary>
    public bool IsInherited { get; init; }
}
