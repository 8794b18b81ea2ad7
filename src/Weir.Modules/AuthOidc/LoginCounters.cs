using Weir.Abstractions.Modules;

namespace Weir.Modules.AuthOidc;

/// <summary>What became of logins at an `auth_oidc`.</summary>
internal sealed class LoginCounters
{
    public LoginCounters(ModuleBuilder check)
    {
        Begun = Of(check, "begun");
        Completed = Of(check, "completed");
        Unknown = Of(check, "unknown");
        Failed = Of(check, "failed");
        Crowded = Of(check, "crowded");
    }

    /// <summary>Browsers that were sent to the provider.</summary>
    public ModuleCounter Begun { get; }

    /// <summary>Sessions that began.</summary>
    public ModuleCounter Completed { get; }

    /// <summary>Answers to logins that the browser has not begun: nobody was asked about them.</summary>
    public ModuleCounter Unknown { get; }

    /// <summary>Logins that the provider refused, or whose answer was not good.</summary>
    public ModuleCounter Failed { get; }

    /// <summary>Logins that were not completed then, because their client has too many at once, or too many that failed.</summary>
    public ModuleCounter Crowded { get; }

    private static ModuleCounter Of(ModuleBuilder check, string outcome) =>
        check.Counter("weir_oidc_logins_total", "What became of logins at auth_oidc.", ("outcome", outcome));
}
