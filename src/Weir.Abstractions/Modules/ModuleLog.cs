namespace Weir.Abstractions.Modules;

/// <summary>
/// Tells the operator what happens to a module while it serves. Any thread may call it; it never blocks, and what comes too often is held
/// back. The base class is a log that nobody reads.
/// </summary>
public class ModuleLog
{
    /// <summary>A log that nobody reads.</summary>
    public static ModuleLog Silent { get; } = new();

    /// <summary>Something worth knowing, when nothing is wrong. A sentence.</summary>
    public virtual void Note(string text)
    {
    }

    /// <summary>Something that the operator should act on. What is wrong, and what stays in force meanwhile.</summary>
    public virtual void Warn(string text)
    {
    }
}
