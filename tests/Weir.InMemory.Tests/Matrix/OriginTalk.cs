namespace Weir.InMemory.Tests.Matrix;

/// <summary>An origin of either version, for one exchange.</summary>
internal abstract class OriginTalk
{
    /// <summary>What was asked so far.</summary>
    public abstract Heard Heard { get; }

    /// <summary>Whether the connection may serve others afterwards.</summary>
    public abstract bool IsConnectionKept { get; }

    /// <summary>Sends a head; without a length, content is framed as the version does that.</summary>
    public abstract void Head(int status, bool hasContent, int? length = null, params string[] fields);

    public abstract void Interim(int status, params string[] fields);

    public abstract void Say(string content);

    public abstract void Finish(params string[] trailers);

    /// <summary>Ends the exchange by force.</summary>
    public abstract void Break();

    /// <summary>Agrees to the WebSocket.</summary>
    public abstract void Agree();

    /// <summary>Takes nothing more of what is sent.</summary>
    public abstract void StopReading();

    public abstract void GoOnReading();
}
