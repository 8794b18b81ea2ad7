using Weir.Abstractions.Modules;
using Weir.Cache.Disk;

namespace Weir.Modules.Cache;

/// <summary>Tells the operator what happens to a cache's directory.</summary>
internal sealed class DiskMessages : IDiskObserver
{
    private readonly ModuleLog _log;
    private readonly string _name;

    public DiskMessages(string name, ModuleLog log)
    {
        _name = name;
        _log = log;
    }

    public void OnTurnedOn(string path, long objects) =>
        _log.Note($"The directory {path} of the cache \"{_name}\" is used again; {objects} objects are found so far.");

    public void OnTurnedOff(string path, string reason, string remedy) =>
        _log.Warn($"The directory {path} of the cache \"{_name}\" cannot be used: {reason}. {remedy} The cache goes on in memory.");
}
