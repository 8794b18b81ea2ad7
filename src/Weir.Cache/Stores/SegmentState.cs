namespace Weir.Cache.Stores;

/// <summary>What a segment is used for.</summary>
internal enum SegmentState : byte
{
    /// <summary>Nothing, perhaps not even allocated.</summary>
    Free,

    /// <summary>Records that are new.</summary>
    Small,

    /// <summary>Records that were asked for again.</summary>
    Main,

    /// <summary>A part of one large body.</summary>
    Extent,

    /// <summary>Nothing leads here any more, but somebody may still read.</summary>
    Retired,
}
