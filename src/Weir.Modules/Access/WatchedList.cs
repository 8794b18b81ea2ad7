using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Access;

/// <summary>
/// The rules in force: those of the configuration and those of files, which are looked at again every few seconds by a timer's thread, never by
/// a loop. The table is immutable and swapped. A list that nobody refers to any more stops its timer.
/// </summary>
internal sealed class WatchedList
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<AddressRule> _fixed;
    private readonly IReadOnlyList<AddressFile> _files;
    private readonly bool _refusesOthers;
    private volatile AddressTable _table;

    public WatchedList(IReadOnlyList<AddressRule> fixedRules, IReadOnlyList<AddressFile> files, bool refusesOthers)
    {
        _fixed = fixedRules;
        _files = files;
        _refusesOthers = refusesOthers;
        _table = Build();
        if (files.Count > 0)
        {
            FileTimer.Start(new WeakReference<WatchedList>(this), _interval);
        }
    }

    /// <summary>The table in force.</summary>
    public AddressTable Table => _table;

    /// <summary>Whether an address is let in, and the rule that says so, if one does.</summary>
    public bool IsAllowed(IpAddress address, out AddressRule? rule)
    {
        // A unix socket's peer has no address; whoever may open the socket is let in.
        rule = null;
        if (address.IsNone)
        {
            return true;
        }

        if (!_table.TryFind(address, out AddressRule found))
        {
            return !_refusesOthers;
        }

        rule = found;
        return !found.IsDeny;
    }

    /// <summary>Where a rule stands, for a trace.</summary>
    public string Place(AddressRule? rule) => rule switch
    {
        null => "no rule names it",
        { File: AddressRule.InConfiguration } inline => $"{inline.Range} of the configuration",
        { } ofFile => $"{ofFile.Range} at {_files.First(file => file.Rules.Count > 0 && file.Rules[0].File == ofFile.File).Path}:{ofFile.Line}",
    };

    /// <summary>Reads files that have changed. True: there is a new table.</summary>
    public bool Refresh()
    {
        bool isNew = false;
        foreach (AddressFile file in _files)
        {
            List<string> mistakes = [];
            isNew |= file.HasChanged() && file.TryRead(mistakes, out _) && mistakes.Count == 0;
        }

        if (isNew)
        {
            _table = Build();
        }

        return isNew;
    }

    private AddressTable Build() => new([.. _fixed, .. _files.SelectMany(file => file.Rules)]);
}
