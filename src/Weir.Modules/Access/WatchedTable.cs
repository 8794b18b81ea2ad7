using System.Globalization;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Access;

/// <summary>
/// The table in force: from the rules of the configuration and those of files, which are looked at again and again by
/// <see cref="FileTimer"/>. The table is immutable and swapped as a whole. Only the timer's thread polls, one poll at a time; any loop
/// reads.
/// </summary>
internal sealed class WatchedTable : IPolled
{
    private readonly AccessOptions _options;
    private readonly IAddressSource[] _files;
    private readonly ModuleLog _log;
    private readonly ListStamp[] _loaded;
    private readonly ListStamp[] _seen;
    private AddressTable _table;

    /// <summary>Reads the files. After mistakes the table is of no use.</summary>
    public WatchedTable(AccessOptions options, IAddressSource[] files, ModuleLog log, List<(IAddressSource File, string Text)> mistakes)
    {
        _options = options;
        _files = files;
        _log = log;
        _loaded = [.. files.Select(file => file.Stamp())];
        _seen = [.. _loaded];
        _table = Build(mistakes, out int count);
        Count = count;
    }

    /// <summary>Ranges of the table in force.</summary>
    public int Count { get; private set; }

    /// <summary>Memory that it holds.</summary>
    public long Octets => Volatile.Read(ref _table).Octets;

    /// <summary>The rule of an address; the default when none names it.</summary>
    public AccessRule Find(IpAddress address) => Volatile.Read(ref _table).Find(address);

    /// <summary>Where a rule stands, for a trace.</summary>
    public string Describe(AccessRule rule) => rule.List switch
    {
        AccessList.Allow => $"allow: {_options.Allow[rule.Number - 1]}",
        AccessList.Deny => $"deny: {_options.Deny[rule.Number - 1]}",
        AccessList.AllowFile => string.Create(CultureInfo.InvariantCulture, $"{_options.AllowFile}:{rule.Number}"),
        AccessList.AllowUrl => string.Create(CultureInfo.InvariantCulture, $"{_options.AllowUrl}:{rule.Number}"),
        AccessList.DenyUrl => string.Create(CultureInfo.InvariantCulture, $"{_options.DenyUrl}:{rule.Number}"),
        AccessList.DenyFile => string.Create(CultureInfo.InvariantCulture, $"{_options.DenyFile}:{rule.Number}"),
        _ => "no rule names it",
    };

    /// <summary>
    /// Reads the files when one has changed and all look as they did at the last poll: one that is still being written would be taken for a
    /// short list. A list with mistakes is told of once, and the last good table stays.
    /// </summary>
    public void Poll()
    {
        bool isSettled = true;
        for (int i = 0; i < _files.Length; i++)
        {
            ListStamp stamp = _files[i].Stamp();
            isSettled &= stamp == _seen[i];
            _seen[i] = stamp;
        }

        if (isSettled && !_seen.AsSpan().SequenceEqual(_loaded))
        {
            _seen.CopyTo(_loaded.AsSpan());
            Reload();
        }
    }

    private void Reload()
    {
        List<(IAddressSource File, string Text)> mistakes = [];
        AddressTable table = Build(mistakes, out int count);
        if (mistakes.Count > 0)
        {
            _log.Warn($"The list of {Count} ranges from before stays in force. {mistakes[0].Text} ({mistakes.Count} mistakes.)");
            return;
        }

        Volatile.Write(ref _table, table);
        Count = count;
        _log.Note($"{string.Join(" and ", _files.Select(file => file.Name))} read again: {count} ranges are in force.");
    }

    private AddressTable Build(List<(IAddressSource File, string Text)> mistakes, out int count)
    {
        AddressTableBuilder builder = new();
        for (int i = 0; i < _options.Allow.Count; i++)
        {
            builder.Add(_options.Allow[i], new AccessRule(AccessList.Allow, i + 1));
        }

        for (int i = 0; i < _options.Deny.Count; i++)
        {
            builder.Add(_options.Deny[i], new AccessRule(AccessList.Deny, i + 1));
        }

        foreach (IAddressSource file in _files)
        {
            List<string> ofFile = [];
            file.Read(builder, ofFile);
            mistakes.AddRange(ofFile.Select(text => (file, text)));
        }

        count = builder.Count;
        return builder.Build();
    }
}
