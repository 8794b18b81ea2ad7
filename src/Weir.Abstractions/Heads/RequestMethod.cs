namespace Weir.Abstractions.Heads;

/// <summary>Methods with a meaning to a proxy; every other token is <see cref="Other"/> and is forwarded as it is.</summary>
public enum RequestMethod : byte
{
    /// <summary>A method that this list does not name: neither safe nor idempotent as far as anyone knows.</summary>
    Other,
    Get,
    Head,
    Post,
    Put,
    Delete,
    Connect,
    Options,
    Trace,
    Patch,

    /// <summary>RFC 10008: safe, idempotent, cacheable with the content in the key.</summary>
    Query,
}
