using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Health;

/// <summary>
/// Notes the end of a server's time aside when it comes. To be used again the server needs nobody: its time is up by itself.
/// </summary>
internal sealed class EjectionEnd : LoopTimer
{
    private readonly Ejector _ejector;
    private readonly UpstreamState _upstream;
    private readonly ServerState _server;
    private readonly Loop _loop;
    private readonly int _ejection;
    private readonly long _untilMs;

    public EjectionEnd(Ejector ejector, UpstreamState upstream, ServerState server, Loop loop)
    {
        _ejector = ejector;
        _upstream = upstream;
        _server = server;
        _loop = loop;
        _ejection = server.Health.Ejections;
        _untilMs = server.Health.EjectedUntilMs;
    }

    protected override void OnDue()
    {
        // It may have ended early, and begun anew.
        if (_server.Health.Ejections == _ejection && _server.Health.EjectedUntilMs == _untilMs)
        {
            _ejector.OnEnd(_upstream, _server, _loop);
        }
    }

    protected override void OnReady()
    {
        // Only ever armed, never scheduled.
    }
}
