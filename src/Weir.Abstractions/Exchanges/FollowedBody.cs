using Weir.Abstractions.Bodies;

namespace Weir.Abstractions.Exchanges;

/// <summary>A body that arrives once and may be read by any number of readers, on any loop, from its beginning.</summary>
public abstract class FollowedBody
{
    /// <summary>A new reader, at the beginning, to be used on one loop.</summary>
    public abstract BodyReader OpenReader();

    /// <summary>Says that nobody will read any more: a fetch without readers may end early.</summary>
    public abstract void Release();
}
