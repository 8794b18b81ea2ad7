namespace Weir.Modules.AuthKey;

/// <summary>
/// SHA-256 of a key. It is looked up as it is: how long that takes tells something of the digest's first bits, which nobody can choose, and
/// nothing of the key.
/// </summary>
internal readonly record struct KeyDigest(UInt128 High, UInt128 Low);
