using System.Text;
using Weir.Abstractions.Modules;

namespace Weir.Modules.SecurityHeaders;

/// <summary>Makes `security_headers`.</summary>
public sealed class SecurityHeadersFactory : ModuleFactory<SecurityHeadersOptions>
{
    private const string Off = "off";

    /// <inheritdoc/>
    public override string Name => "security_headers";

    /// <inheritdoc/>
    public override string Summary => "Adds the fields that tell browsers to be careful.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
        [new(OrderRelation.Above, "respond", "An answer above security_headers goes out without them.")];

    /// <inheritdoc/>
    protected override IModule? Create(SecurityHeadersOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        List<FieldTemplate> fields = [];
        Add("content_type_options", "X-Content-Type-Options", options.ContentTypeOptions);
        Add("frame_options", "X-Frame-Options", options.FrameOptions);
        Add("referrer_policy", "Referrer-Policy", options.ReferrerPolicy);
        Add("opener_policy", "Cross-Origin-Opener-Policy", options.OpenerPolicy);
        Add("resource_policy", "Cross-Origin-Resource-Policy", options.ResourcePolicy);
        Add("embedder_policy", "Cross-Origin-Embedder-Policy", options.EmbedderPolicy);
        Add("permissions_policy", "Permissions-Policy", options.PermissionsPolicy);
        Add("content_security_policy", "Content-Security-Policy", options.ContentSecurityPolicy);
        FieldTemplate? hsts = options.Hsts == Off ? null : FieldTemplate.Parse(check, "hsts", "Strict-Transport-Security", options.Hsts);
        if (hsts is not null && !options.Hsts.Contains("max-age=", StringComparison.OrdinalIgnoreCase))
        {
            check.Error(
                "hsts", $"\"{options.Hsts}\" has no max-age.", "Write it like \"max-age=31536000\"; RFC 6797 section 6.1.1 requires it.");
        }

        List<byte[]> hidden = [];
        foreach (string name in options.Hide)
        {
            if (FieldNames.Check(check, "hide", name))
            {
                hidden.Add(Encoding.ASCII.GetBytes(name));
            }
        }

        return check.HasErrors ? null : new SecurityHeadersModule([.. fields], hsts, [.. hidden], options.Override);

        void Add(string option, string name, string value)
        {
            if (value != Off && FieldTemplate.Parse(check, option, name, value) is { } field)
            {
                fields.Add(field);
            }
        }
    }
}
