namespace Weir.Cache.Purging;

/// <summary>How much purges touch.</summary>
/// <param name="Touched">Stored responses.</param>
/// <param name="BodyOctets">Octets of their bodies.</param>
public readonly record struct PurgeCount(long Touched, long BodyOctets);
