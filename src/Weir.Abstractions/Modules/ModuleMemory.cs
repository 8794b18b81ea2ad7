namespace Weir.Abstractions.Modules;

/// <summary>
/// A short text that outlives its module: the next module of that name at that place in the configuration finds it, with other options
/// after a reload, and after a restart. Any thread may use it. The base class forgets it with the module.
/// </summary>
public class ModuleMemory
{
    /// <summary>The longest text, in characters.</summary>
    public const int MaxLength = 1024;

    private volatile string _text;

    /// <summary>A memory with what was written last; empty when nothing was.</summary>
    public ModuleMemory(string text = "") => _text = text;

    /// <summary>What was written last; the same object until the next write.</summary>
    public string Text => _text;

    /// <summary>Replaces the text. It is kept from now on; that it outlives the process is seen to beside, without waiting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The text is longer than <see cref="MaxLength"/>.</exception>
    public void Write(string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxLength);
        _text = text;
        OnWritten();
    }

    /// <summary>Another text was written; must not block.</summary>
    protected virtual void OnWritten()
    {
    }
}
