using Weir.Abstractions.Options;

namespace Weir.Modules.SecurityHeaders;

/// <summary>Options of `security_headers`. Each field's value, or off.</summary>
public sealed record SecurityHeadersOptions
{
    [Option("Strict-Transport-Security, over https only; or off.")]
    public string Hsts { get; init; } = "max-age=31536000";

    [Option("X-Content-Type-Options; or off.")]
    public string ContentTypeOptions { get; init; } = "nosniff";

    [Option("X-Frame-Options; or off.")]
    public string FrameOptions { get; init; } = "SAMEORIGIN";

    [Option("Referrer-Policy; or off.")]
    public string ReferrerPolicy { get; init; } = "strict-origin-when-cross-origin";

    [Option("Cross-Origin-Opener-Policy; or off.")]
    public string OpenerPolicy { get; init; } = "same-origin-allow-popups";

    [Option("Cross-Origin-Resource-Policy; or off.")]
    public string ResourcePolicy { get; init; } = "off";

    [Option("Cross-Origin-Embedder-Policy; or off.")]
    public string EmbedderPolicy { get; init; } = "off";

    [Option("Permissions-Policy; or off.", Example = "camera=(), microphone=()")]
    public string PermissionsPolicy { get; init; } = "off";

    [Option("Content-Security-Policy; or off.", Example = "default-src 'self'")]
    public string ContentSecurityPolicy { get; init; } = "off";

    [Option("Whether what the origin has set is replaced.")]
    public bool Override { get; init; }

    [Option("Fields that are taken away because they name products and versions.")]
    public IReadOnlyList<string> Hide { get; init; } = ["X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator"];
}
