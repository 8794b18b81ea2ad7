namespace Weir.Control;

/// <summary>A cache that something was purged from, or would be.</summary>
/// <param name="Cache">Its name.</param>
/// <param name="Number">The purge's number; 0: nothing was purged, only counted.</param>
/// <param name="Durable">Whether it is on disk: a crash does not bring back what it touches.</param>
/// <param name="Objects">Stored responses that it would touch; null where it was not counted.</param>
/// <param name="Bytes">Octets of their bodies.</param>
public sealed record PurgedCache(string Cache, long Number, bool Durable, long? Objects = null, long? Bytes = null);
