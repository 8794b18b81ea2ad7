namespace Weir.Upstream.Resolving;

/// <summary>What came of a lookup.</summary>
internal enum DnsOutcome : byte
{
    /// <summary>There are records.</summary>
    Found,

    /// <summary>The name exists, but has no records of the type (NODATA, RFC 2308 section 2.2).</summary>
    NoRecords,

    /// <summary>The name does not exist (NXDOMAIN).</summary>
    NoName,

    /// <summary>Every server refused, failed, or answered something unusable.</summary>
    Failed,

    /// <summary>No server answered in time.</summary>
    TimedOut,
}
