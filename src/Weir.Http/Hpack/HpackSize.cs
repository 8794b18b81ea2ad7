namespace Weir.Http.Hpack;

/// <summary>How HPACK counts (RFC 7541 section 4.1).</summary>
public static class HpackSize
{
    /// <summary>Octets that an entry counts besides its name and value.</summary>
    public const int EntryOverhead = 32;

    /// <summary>The dynamic table's size before anybody says otherwise (RFC 9113 section 6.5.2).</summary>
    public const int DefaultTable = 4096;
}
