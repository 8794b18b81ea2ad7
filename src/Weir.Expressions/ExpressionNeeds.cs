namespace Weir.Expressions;

/// <summary>What an expression reads that is not there by itself.</summary>
[Flags]
public enum ExpressionNeeds : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The head of the response: it can only be asked on the way up.</summary>
    Response = 1,

    /// <summary>The fingerprint of the client's TLS, which is computed only where something reads it.</summary>
    TlsFingerprint = 2,
}
