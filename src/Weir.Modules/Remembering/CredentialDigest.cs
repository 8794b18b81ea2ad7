namespace Weir.Modules.Remembering;

/// <summary>
/// A keyed digest of what somebody showed: 128 bits that lead back to it for nobody without the key, which never leaves the process.
/// </summary>
internal readonly record struct CredentialDigest(ulong High, ulong Low);
