using Weir.Pipeline.Balancing;
using Weir.Pipeline.Health;

namespace Weir.Control;

/// <summary>The words for states, as the API, the command line and the saved file write them.</summary>
public static class AdminStates
{
    /// <summary>ready, drain or down.</summary>
    public static string Name(AdminState state) => state switch
    {
        AdminState.Drain => "drain",
        AdminState.Down => "down",
        _ => "ready",
    };

    /// <summary>healthy, ejected, failing, unresolved or unknown.</summary>
    public static string Name(ServerHealth health) => health switch
    {
        ServerHealth.Healthy => "healthy",
        ServerHealth.Ejected => "ejected",
        ServerHealth.Failing => "failing",
        ServerHealth.Unresolved => "unresolved",
        _ => "unknown",
    };

    /// <summary>Reads one of the three words.</summary>
    public static bool TryParse(string? text, out AdminState state)
    {
        state = text switch
        {
            "drain" => AdminState.Drain,
            "down" => AdminState.Down,
            _ => AdminState.Ready,
        };
        return text is "ready" or "drain" or "down";
    }
}
