namespace Weir.Config.Model;

/// <summary>A place in a configuration file.</summary>
/// <param name="File">The file as the user named it; empty where there is none.</param>
/// <param name="Line">From 1; 0 when there is no place.</param>
/// <param name="Column">From 1; 0 when there is no place.</param>
public readonly record struct Position(string File, int Line, int Column)
{
    /// <summary>No place: a value that nobody wrote.</summary>
    public static Position None { get; } = new("", 0, 0);

    /// <summary>Whether somebody wrote it.</summary>
    public bool IsWritten => Line > 0;

    /// <inheritdoc/>
    public override string ToString() => IsWritten ? $"{File}:{Line}:{Column}" : File ?? "";
}
