using System.Globalization;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Access;

/// <summary>
/// A list that is fetched again and again while Weir serves. What cannot be had or read changes nothing: the last good list stays, and the
/// log says so. One thread at a time fetches; it writes the list before the stamp. Several accesses may share one.
/// </summary>
internal sealed class AddressUrl : IAddressSource, IPolled
{
    private const int MostRanges = 2_000_000;

    // Sooner than a refresh, and no burden for a server that is down.
    private static readonly TimeSpan _again = TimeSpan.FromMinutes(1);

    private readonly string _url;
    private readonly TimeSpan _refresh;
    private readonly Func<string, string?, FetchedList> _fetch;
    private readonly ModuleLog _log;
    private readonly TimeProvider _time;
    private readonly Lock _polling = new();
    private volatile Entry[] _entries = [];
    private string? _tag;
    private long _nextAt;
    private int _version;
    private bool _isFailing;

    /// <param name="list">What its rules are.</param>
    /// <param name="url">Where it is.</param>
    /// <param name="refresh">How often it is fetched.</param>
    /// <param name="fetch">Fetches a URL, unless its content still has that tag.</param>
    /// <param name="log">Where it tells what happens.</param>
    /// <param name="time">The clock.</param>
    public AddressUrl(
        AccessList list, string url, TimeSpan refresh, Func<string, string?, FetchedList> fetch, ModuleLog log, TimeProvider? time = null)
    {
        List = list;
        _url = url;
        _refresh = refresh;
        _fetch = fetch;
        _log = log;
        _time = time ?? TimeProvider.System;
        _nextAt = _time.GetTimestamp();
    }

    /// <inheritdoc/>
    public AccessList List { get; }

    /// <inheritdoc/>
    public string Name => _url;

    /// <inheritdoc/>
    public ListStamp Stamp() => new(default, Volatile.Read(ref _version));

    /// <inheritdoc/>
    public void Read(AddressTableBuilder table, List<string> mistakes)
    {
        foreach (Entry entry in _entries)
        {
            table.Add(entry.Range, new AccessRule(List, entry.Line));
        }
    }

    /// <inheritdoc/>
    public void Poll()
    {
        lock (_polling)
        {
            if (_time.GetTimestamp() >= _nextAt)
            {
                Fetch();
            }
        }
    }

    private void Fetch()
    {
        FetchedList fetched = _fetch(_url, _tag);
        List<string> mistakes = [];
        List<Entry> entries = [];
        if (fetched.Problem is { } problem)
        {
            mistakes.Add(problem);
        }
        else if (fetched.Text is { } text)
        {
            AddressLines.Read(_url, text.Split('\n'), mistakes, (range, line) => entries.Add(new Entry(range, line)));
            if (entries.Count > MostRanges)
            {
                mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"it has more than {MostRanges} ranges"));
            }
        }

        TimeSpan wait = mistakes.Count > 0 && _again < _refresh ? _again : _refresh;
        _nextAt = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
        if (mistakes.Count > 0)
        {
            if (!_isFailing)
            {
                _log.Warn(
                    $"{_url} cannot be used: {mistakes[0]} The {_entries.Length} ranges from before stay in force; it is tried again.");
            }

            _isFailing = true;
            return;
        }

        if (_isFailing)
        {
            _log.Note($"{_url} can be used again.");
        }

        _isFailing = false;
        if (fetched.Text is not null)
        {
            _tag = fetched.Tag;
            _entries = [.. entries];
            Volatile.Write(ref _version, _version + 1);
        }
    }

    private readonly record struct Entry(IpPrefix Range, int Line);
}
