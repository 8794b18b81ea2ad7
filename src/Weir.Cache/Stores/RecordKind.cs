namespace Weir.Cache.Stores;

/// <summary>What a record is.</summary>
public enum RecordKind : byte
{
    /// <summary>A response.</summary>
    Response = 1,

    /// <summary>The names of the request fields that tell the responses of one key apart.</summary>
    Variants,

    /// <summary>The note that responses for a key are not shared: requests for it do not wait for each other.</summary>
    Unshared,

    /// <summary>The head of a response whose content is kept in slices; its own content says how long it is and how it is cut.</summary>
    Sliced,

    /// <summary>A slice, or a part of one: its modification time is the place within the slice where its octets begin.</summary>
    Slice,
}
