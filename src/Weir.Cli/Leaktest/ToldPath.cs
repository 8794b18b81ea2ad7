namespace Weir.Cli.Leaktest;

/// <summary>A path under which many servers tell of themselves.</summary>
/// <param name="Path">The path.</param>
/// <param name="Sign">What its content holds when it does.</param>
internal sealed record ToldPath(string Path, string Sign)
{
    public static readonly IReadOnlyList<ToldPath> All =
    [
        new("/server-status", "Server Version:"),
        new("/server-info", "Server Settings"),
        new("/nginx_status", "Active connections:"),
        new("/.git/HEAD", "ref: refs/"),
        new("/.env", "APP_KEY="),
        new("/actuator/env", "propertySources"),
        new("/actuator", "\"_links\""),
        new("/debug/pprof/", "/debug/pprof/"),
        new("/debug/vars", "\"memstats\""),
        new("/metrics", "# TYPE "),
        new("/phpinfo.php", "PHP Version"),
        new("/trace.axd", "Application Trace"),
        new("/elmah.axd", "Error Log for"),
        new("/haproxy?stats", "Statistics Report for HAProxy"),
        new("/__debug__/", "djdt"),
    ];
}
