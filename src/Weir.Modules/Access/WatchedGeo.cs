using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Access;

/// <summary>
/// A database of places in force. It is read anew when its file has changed and come to rest, and swapped as a whole; a file that cannot be
/// used changes nothing. Only the timer's thread polls; any loop reads.
/// </summary>
internal sealed class WatchedGeo : IPolled
{
    private readonly string _name;
    private readonly string _path;
    private readonly ModuleLog _log;
    private ListStamp _loaded;
    private ListStamp _seen;
    private volatile GeoTable? _table;

    /// <summary>Reads the file; a mistake is told, and then it is of no use.</summary>
    public WatchedGeo(string name, string path, ModuleLog log, out string mistake)
    {
        _name = name;
        _path = path;
        _log = log;
        _loaded = _seen = ListStamp.Of(path);
        _table = GeoFile.Read(path, out mistake);
    }

    /// <summary>What it says of an address.</summary>
    public GeoPlace Find(IpAddress address) => _table?.Find(address) ?? default;

    /// <inheritdoc/>
    public void Poll()
    {
        ListStamp now = ListStamp.Of(_path);
        bool isSettled = now == _seen;
        _seen = now;
        if (!isSettled || now == _loaded)
        {
            return;
        }

        _loaded = now;
        if (GeoFile.Read(_path, out string mistake) is { } table)
        {
            _table = table;
            _log.Note($"{_name} was read again.");
        }
        else
        {
            _log.Warn($"{_name} cannot be used: {mistake}. The one from before stays in force.");
        }
    }
}
