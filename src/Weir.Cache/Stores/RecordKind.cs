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
}
