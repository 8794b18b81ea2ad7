namespace Weir.Control;

/// <summary>One server that an operator took out of service.</summary>
/// <param name="Upstream">The upstream's name.</param>
/// <param name="Server">The server's name.</param>
/// <param name="State">drain or down.</param>
/// <param name="By">Who wanted it.</param>
/// <param name="Since">When.</param>
/// <param name="SeenAt">When the server was last part of the configuration.</param>
internal sealed record SavedState(string Upstream, string Server, string State, string By, DateTimeOffset Since, DateTimeOffset SeenAt);
