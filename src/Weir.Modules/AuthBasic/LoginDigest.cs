namespace Weir.Modules.AuthBasic;

/// <summary>A keyed digest of a name and a password: 256 bits that lead back to neither without the key, which no process keeps.</summary>
internal readonly record struct LoginDigest(UInt128 High, UInt128 Low);
