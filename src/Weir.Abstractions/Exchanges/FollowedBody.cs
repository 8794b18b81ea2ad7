using Weir.Abstractions.Bodies;

namespace Weir.Abstractions.Exchanges;

/// <summary>A body that arrives once and may be read by any number of readers, on any loop, from its beginning.</summary>
public abstract class FollowedBody
{
    /// <summary>Whether the beginning is still kept: a reader that is opened now gets everything.</summary>
    public abstract bool IsWhole { get; }

    /// <summary>
    /// A new reader, at the beginning, to be used on that loop. Once the beginning is no longer kept, its reads fail. Whoever does not
    /// read it to its end or to an error cancels it: it holds the others up.
    /// </summary>
    public abstract BodyReader OpenReader(LoopServices loop);

    /// <summary>
    /// Says that no more readers will be opened. Who got the body calls it, once. Readers that are open go on; without any the fetch ends
    /// and its memory is given back.
    /// </summary>
    public abstract void Release();
}
