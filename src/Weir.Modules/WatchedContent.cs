using Weir.Abstractions.Files;
using Weir.Abstractions.Modules;

namespace Weir.Modules;

/// <summary>
/// What a file of a module holds, read again when it changes and stays as it is: one that is still being written would be taken for whole.
/// A file with mistakes is told of once, and what was good before stays. Immutable contents, swapped: one timer writes, every loop reads.
/// </summary>
/// <typeparam name="T">What the octets become.</typeparam>
internal sealed class WatchedContent<T> : IDisposable
    where T : class
{
    private const int MostOctets = 16 << 20;
    private const int MostTold = 10;

    // FileSystemWatcher would be quicker, but is silent on network file systems and for the links that container platforms swap.
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly string _name;
    private readonly string _path;
    private readonly Func<byte[], List<string>, T> _parse;
    private readonly ModuleLog _log;
    private readonly Timer _timer;
    private FileMark _loaded;
    private FileMark _seen;
    private T _current;

    private WatchedContent(string name, string path, Func<byte[], List<string>, T> parse, ModuleLog log, FileMark loaded, T first)
    {
        _name = name;
        _path = path;
        _parse = parse;
        _log = log;
        _loaded = loaded;
        _seen = loaded;
        _current = first;

        // Somebody that nobody refers to any more, because its plan was never used, is polled no longer.
        WeakReference<WatchedContent<T>> self = new(this);
        _timer = new Timer(
            static state => Tick((WeakReference<WatchedContent<T>>)state!), self, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is in force.</summary>
    public T Current => Volatile.Read(ref _current);

    /// <summary>Reads and watches a file that an option names; null after its mistakes were reported.</summary>
    /// <param name="check">Where mistakes are reported.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="file">The file as it is named.</param>
    /// <param name="parse">Makes something of the octets, and lists mistakes as sentences.</param>
    /// <param name="remedy">What the file should be like.</param>
    public static WatchedContent<T>? Open(
        CheckedBuilder check, string option, string file, Func<byte[], List<string>, T> parse, string remedy)
    {
        string path = check.ResolvePath(file);
        FileMark mark = FileMark.Of(path);
        List<string> mistakes = [];
        T? first = Read(file, path, parse, mistakes);
        foreach (string mistake in mistakes.Take(MostTold))
        {
            check.Error(option, mistake, remedy);
        }

        if (first is null || mistakes.Count > 0)
        {
            return null;
        }

        WatchedContent<T> watched = new(file, path, parse, check.Log, mark, first);
        watched._timer.Change(_interval, Timeout.InfiniteTimeSpan);
        return watched;
    }

    /// <summary>Reads the file when it has changed, and looks as it did at the last poll. One call at a time.</summary>
    public void Poll()
    {
        FileMark now = FileMark.Of(_path);
        bool isSettled = now == _seen;
        _seen = now;
        if (!isSettled || now == _loaded)
        {
            return;
        }

        _loaded = now;
        List<string> mistakes = [];
        T? next = Read(_name, _path, _parse, mistakes);
        if (next is null || mistakes.Count > 0)
        {
            _log.Warn($"What {_name} held before stays in force. {mistakes[0]} ({mistakes.Count} mistakes.)");
            return;
        }

        Volatile.Write(ref _current, next);
        _log.Note($"{_name} was read again, and is in force.");
    }

    /// <summary>Stops looking; what was read last stays.</summary>
    public void Dispose() => _timer.Dispose();

    private static T? Read(string name, string path, Func<byte[], List<string>, T> parse, List<string> mistakes)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MostOctets })
            {
                mistakes.Add($"\"{name}\" has more than {MostOctets >> 20} MiB.");
                return null;
            }

            return parse(File.ReadAllBytes(path), mistakes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            mistakes.Add($"\"{name}\" cannot be read: {failure.Message}");
            return null;
        }
    }

    private static void Tick(WeakReference<WatchedContent<T>> self)
    {
        if (!self.TryGetTarget(out WatchedContent<T>? watched))
        {
            return;
        }

        watched.Poll();
        try
        {
            watched._timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Disposed during the poll: it was the last one.
        }
    }
}
