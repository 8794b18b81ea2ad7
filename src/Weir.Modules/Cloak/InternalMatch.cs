namespace Weir.Modules.Cloak;

/// <summary>An internal name that was found at the beginning of some text: [scheme:]//name[:port], or less of it.</summary>
/// <param name="Length">Octets; 0: there is none.</param>
/// <param name="Scheme">Octets of the scheme with its colon.</param>
/// <param name="Slashes">2 when "//" stands in front of the name.</param>
/// <param name="HasPort">Whether a port follows.</param>
internal readonly record struct InternalMatch(int Length, int Scheme, int Slashes, bool HasPort);
