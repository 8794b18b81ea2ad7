namespace Weir.Pipeline.Balancing;

/// <summary>Who knows what an operator has decided about servers that come anew.</summary>
public interface IServerMemory
{
    /// <summary>Gives servers the states that they shall have; called before they are used, by any thread.</summary>
    void Recall(string upstream, IReadOnlyList<ServerState> servers);
}
