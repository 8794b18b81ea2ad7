namespace Weir.Bench.Load;

/// <summary>What a piece of a response came to.</summary>
internal enum ReadOutcome
{
    /// <summary>The response goes on.</summary>
    More,

    /// <summary>The response is whole.</summary>
    Done,

    /// <summary>It is no response that can be measured.</summary>
    Broken,
}
