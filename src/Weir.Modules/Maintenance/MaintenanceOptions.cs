using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;

namespace Weir.Modules.Maintenance;

/// <summary>Options of `maintenance`.</summary>
public sealed record MaintenanceOptions
{
    [Option("When the site is closed.", Default = "always")]
    public IReadOnlyList<WindowOptions> Windows { get; init; } = [];

    [Option("The page, read when the configuration loads.", Default = "a plain one", Example = "back-soon.html")]
    public string? Page { get; init; }

    [Option("The page's status.", Min = "400", Max = "599")]
    public int Status { get; init; } = 503;

    [Option("What Retry-After says where no window's end is known.", Min = "1s", Max = "7d")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMinutes(5);

    [Option("Addresses of clients that pass as if nothing were.", Example = "[10.0.0.0/8]")]
    public IReadOnlyList<IpPrefix> Bypass { get; init; } = [];

    [Option("How long before a window visitors are let go: each answer closes its connection.", Max = "1d")]
    public TimeSpan Drain { get; init; } = TimeSpan.Zero;

    [Option("The cookie that known visitors bear: while draining, all others get the page already.", Default = "none", Example = "JSESSIONID")]
    public string? SessionCookie { get; init; }

    [Option("What must work behind a window before visitors come in again.", Default = "nothing")]
    public VerifyOptions? Verify { get; init; }
}
