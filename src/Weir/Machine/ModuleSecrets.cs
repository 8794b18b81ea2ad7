using System.Collections.Concurrent;
using Weir.Config.Model;
using Weir.Telemetry.Events;

namespace Weir.Machine;

/// <summary>
/// Secrets that modules ask for by name: files of the data directory. One that could not be kept in its file stays the same for all modules
/// of the process. Any thread.
/// </summary>
internal sealed class ModuleSecrets
{
    private readonly ConcurrentDictionary<string, byte[]> _opened = new(StringComparer.Ordinal);
    private readonly WeirLog _log;

    public ModuleSecrets(WeirLog log) => _log = log;

    /// <summary>The secret of a name.</summary>
    public byte[] Open(ProcessConfig process, string name)
    {
        string file = name + ".key";
        return _opened.GetOrAdd(
            KeptSecret.PathOf(process, file), _ => KeptSecret.Open(process, file, _log, OperatorEvents.ModuleKeyFailed));
    }
}
