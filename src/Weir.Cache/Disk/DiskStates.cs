namespace Weir.Cache.Disk;

/// <summary>The words of <see cref="DiskState"/>: what an operator sees of it.</summary>
public static class DiskStates
{
    /// <summary>All words.</summary>
    public static IReadOnlyList<string> Words { get; } = ["loading", "on", "off"];

    /// <summary>The word of a state.</summary>
    public static string Word(DiskState state) => state switch
    {
        DiskState.Opening or DiskState.Scanning => Words[0],
        DiskState.On => Words[1],
        _ => Words[2],
    };
}
