using Weir.Abstractions.Modules;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Plans;

/// <summary>What a module tells, as events that name it.</summary>
internal sealed class EventModuleLog : ModuleLog
{
    private readonly WeirLog _log;
    private readonly string _module;

    public EventModuleLog(WeirLog log, string module)
    {
        _log = log;
        _module = module;
    }

    public override void Note(string text) => _log.Write(OperatorEvents.ModuleNote, _module, text);

    public override void Warn(string text) => _log.Write(OperatorEvents.ModuleWarning, _module, text);
}
