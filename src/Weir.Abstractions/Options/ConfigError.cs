namespace Weir.Abstractions.Options;

/// <summary>One mistake, or one doubt, in a configuration.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Line">From 1; 0 when there is no place.</param>
/// <param name="Column">From 1; 0 when there is no place.</param>
/// <param name="Cause">What is wrong, as a sentence that names the offending value.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
/// <param name="IsWarning">Whether the configuration can be used all the same.</param>
public sealed record ConfigError(string File, int Line, int Column, string Cause, string Remedy, bool IsWarning = false)
{
    /// <summary>file:line:column: error: cause. remedy.</summary>
    public override string ToString()
    {
        string place = Line > 0 ? $"{File}:{Line}:{Column}" : File;
        return $"{place}: {(IsWarning ? "warning" : "error")}: {Cause} {Remedy}".TrimEnd();
    }
}
