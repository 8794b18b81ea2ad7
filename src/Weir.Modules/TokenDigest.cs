namespace Weir.Modules;

/// <summary>A keyed digest of a token: no token is kept.</summary>
internal readonly record struct TokenDigest(UInt128 High, UInt128 Low);
