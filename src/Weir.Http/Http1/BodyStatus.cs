namespace Weir.Http.Http1;

/// <summary>What a piece of input meant to a <see cref="BodyDecoder"/>.</summary>
public enum BodyStatus : byte
{
    /// <summary>There may be content in it; more follows.</summary>
    More,

    /// <summary>The content is complete; its last octets may be in it.</summary>
    End,

    /// <summary>The framing is broken.</summary>
    Rejected,
}
