namespace Weir.Http.Semantics;

/// <summary>What an origin may do to a path that Weir does not. A reading is any sum of them.</summary>
[Flags]
public enum PathReadings : byte
{
    /// <summary>Nothing: Weir's own reading.</summary>
    None = 0,

    /// <summary>"%2F" is taken for "/".</summary>
    DecodeSlashes = 1,

    /// <summary>"//" is taken for "/".</summary>
    MergeSlashes = 2,

    /// <summary>";" and what follows it in a segment is dropped.</summary>
    DropParameters = 4,
}
