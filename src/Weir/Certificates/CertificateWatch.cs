namespace Weir.Certificates;

/// <summary>
/// Looks at certificate files now and then, and says when they have changed and stay as they are: a chain and its key are written one after
/// the other. Called by one thread at a time.
/// </summary>
internal sealed class CertificateWatch
{
    private IReadOnlyList<WatchedFile> _known = [];
    private IReadOnlyList<WatchedFile> _seen = [];

    /// <summary>The files as they were read.</summary>
    public void Know(IReadOnlyList<WatchedFile> files)
    {
        _known = files;
        _seen = files;
    }

    /// <summary>Takes the files as they are now for known, though what they hold is not used: it is told once.</summary>
    public void KnowAsSeen() => _known = _seen;

    /// <summary>Whether files differ from what was read, and were the same when last looked at.</summary>
    public bool HasSettledChange()
    {
        WatchedFile[] now = [.. _known.Select(file => WatchedFile.Of(file.Path))];
        bool isSettled = now.SequenceEqual(_seen);
        _seen = now;
        return isSettled && !now.SequenceEqual(_known);
    }

    /// <summary>The names of the files that have changed.</summary>
    public IEnumerable<string> Changed() => _known.Zip(_seen).Where(pair => pair.First != pair.Second).Select(pair => pair.First.Path);
}
