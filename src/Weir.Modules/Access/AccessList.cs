namespace Weir.Modules.Access;

/// <summary>The option that a rule comes from.</summary>
internal enum AccessList : byte
{
    /// <summary>No rule.</summary>
    None,

    /// <summary>`allow`.</summary>
    Allow,

    /// <summary>`deny`.</summary>
    Deny,

    /// <summary>`allow_file`.</summary>
    AllowFile,

    /// <summary>`deny_file`.</summary>
    DenyFile,

    /// <summary>`allow_url`.</summary>
    AllowUrl,

    /// <summary>`deny_url`.</summary>
    DenyUrl,
}
