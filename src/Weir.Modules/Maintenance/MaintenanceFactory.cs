using System.Globalization;
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Maintenance;

/// <summary>Makes `maintenance`.</summary>
public sealed class MaintenanceFactory : ModuleFactory<MaintenanceOptions>
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:sszzz";
    private const string UtcFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <inheritdoc/>
    public override string Name => "maintenance";

    /// <inheritdoc/>
    public override string Summary => "Answers with a page while work is done, always or in scheduled windows.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
    [
        new(OrderRelation.Above, "mirror", "A mirror above maintenance also copies requests that maintenance keeps out."),
        new(OrderRelation.Below, "access", "A page above access also goes to clients that access refuses."),
    ];

    /// <inheritdoc/>
    protected override bool AnswersAlways(MaintenanceOptions options) => options is { Windows.Count: 0, Bypass.Count: 0 };

    /// <inheritdoc/>
    protected override IModule? Create(MaintenanceOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        MaintenanceWindow[] windows = [.. options.Windows.Select(window => ReadWindow(check, window))];
        byte[] content = options.Page is { } page ? ContentFile.Read(check, "page", page) : Encoding.UTF8.GetBytes(MaintenancePage.BuiltIn);
        byte[] contentType = Encoding.ASCII.GetBytes(MediaTypes.Of(options.Page ?? "page.html"));
        if (options.SessionCookie is { } name && !FieldSyntax.IsToken(Encoding.UTF8.GetBytes(name)))
        {
            check.Error("session_cookie", $"\"{options.SessionCookie}\" is not a cookie's name.", "Write a name like JSESSIONID.");
        }

        CheckSchedule(check, options);
        Verifier? verifier = options.Verify is { } verify ? MakeVerifier(check, verify) : null;
        if (check.HasErrors)
        {
            return null;
        }

        return new MaintenanceModule(
            new MaintenanceSchedule(windows, (long)options.Drain.TotalMilliseconds),
            new MaintenancePage(options.Status, contentType, new PinnedBody(content)),
            options,
            verifier,
            new Closure(check.Memory),
            check.Log);
    }

    private static void CheckSchedule(CheckedBuilder check, MaintenanceOptions options)
    {
        if (options.Windows.Count == 0 && (options.Drain > TimeSpan.Zero || options.Verify is not null))
        {
            check.Error(
                options.Verify is null ? "drain" : "verify",
                "Without windows the site is closed from start to end: nothing comes before or after.",
                "Add windows, or remove it.");
        }

        if (options.SessionCookie is not null && options.Drain == TimeSpan.Zero)
        {
            check.Error("session_cookie", "It tells known visitors while draining, and drain is 0s.", "Set drain, or remove it.");
        }
    }

    private static MaintenanceWindow ReadWindow(CheckedBuilder check, WindowOptions window)
    {
        bool isTime = DateTimeOffset.TryParseExact(
            window.From, [TimeFormat, UtcFormat], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset from);
        if (!isTime)
        {
            check.Error(
                "windows", $"\"{window.From}\" is not a date and time with an offset.", "Write it like \"2026-12-06T02:00:00+01:00\".");
        }

        TimeSpan period = window.Repeat switch
        {
            RepeatInterval.Daily => TimeSpan.FromDays(1),
            RepeatInterval.Weekly => TimeSpan.FromDays(7),
            _ => TimeSpan.Zero,
        };
        if (period > TimeSpan.Zero && window.For >= period)
        {
            check.Error("windows", "A window lasts until it begins again.", "Make it shorter, or repeat it less often.");
        }

        return new MaintenanceWindow(from.ToUnixTimeMilliseconds(), (long)window.For.TotalMilliseconds, (long)period.TotalMilliseconds);
    }

    private static Verifier? MakeVerifier(CheckedBuilder check, VerifyOptions options)
    {
        byte[] path = Encoding.UTF8.GetBytes(options.Path);
        byte[] normal = new byte[Math.Max(path.Length, 1)];
        int written = 0;
        if (!options.Path.StartsWith('/') || options.Path.Contains('?') || !check.PathRules.TryNormalise(path, normal, out written))
        {
            check.Error("verify.path", $"\"{options.Path}\" is not a path.", "Write it like /healthz, without a query.");
        }

        if (options.Host is { } host && !IsHost(host))
        {
            check.Error("verify.host", $"\"{host}\" is not a host.", "Write it like www.example.com.");
        }

        if (options.StatusFrom > options.StatusTo)
        {
            check.Error("verify.status_from", "status_from is above status_to.", "Swap them.");
        }

        return new Verifier(normal[..written], options, check.Log);
    }

    private static bool IsHost(string host) => Uri.CheckHostName(host) != UriHostNameType.Unknown && Ascii.IsValid(host);
}
