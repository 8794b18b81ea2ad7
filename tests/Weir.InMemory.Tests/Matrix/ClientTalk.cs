namespace Weir.InMemory.Tests.Matrix;

/// <summary>A client of either version, for one exchange.</summary>
internal abstract class ClientTalk
{
    /// <summary>What came back so far.</summary>
    public abstract Heard Heard { get; }

    /// <summary>Asks. With content and no length it is framed as the version does that.</summary>
    public abstract void Ask(string method, string path, bool hasContent = false, int? length = null, params string[] fields);

    /// <summary>Sends content.</summary>
    public abstract void Say(string content);

    /// <summary>Ends the content; trailers only where no length was announced.</summary>
    public abstract void Finish(params string[] trailers);

    /// <summary>Gives the exchange up.</summary>
    public abstract void Cancel();

    /// <summary>Asks for a WebSocket.</summary>
    public abstract void AskForWebSocket(string path);

    /// <summary>Takes nothing more of what is sent; before anything is asked.</summary>
    public abstract void StopReading();

    /// <summary>Takes everything again.</summary>
    public abstract void GoOnReading();
}
