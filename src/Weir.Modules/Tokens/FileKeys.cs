namespace Weir.Modules.Tokens;

/// <summary>Keys from a file, which watches itself.</summary>
internal sealed class FileKeys : KeySource
{
    private readonly WatchedContent<KeySet> _file;

    public FileKeys(WatchedContent<KeySet> file) => _file = file;

    /// <summary>The file, for tests.</summary>
    internal WatchedContent<KeySet> File => _file;

    /// <inheritdoc/>
    public override KeySet? Current(long nowMs) => _file.Current;

    /// <inheritdoc/>
    public override Task Renew(long nowMs) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();
}
