using System.Text.RegularExpressions;
using Weir.Modules.Cloak;

namespace Weir.Cli.Leaktest;

/// <summary>Finds in answers what tells of the servers behind a site.</summary>
internal sealed class Signs
{
    private const string ByCloak = "put cloak into the stack";
    private const string ByPages = "cloak: { error_pages: all_errors }, or pages of the application's own";
    private const string ByBodies = "cloak: { bodies: true, internal: [NAMES] }, or mend the page";
    private const int LongestSeen = 80;

    // What a site sends must not be able to keep this busy.
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private static readonly Regex _productVersion = new(@"[A-Za-z][A-Za-z_.-]*[/ ]v?\d", Linear);

    private static readonly Regex _privateAddress = new(@"\b(10\.\d{1,3}|127\.\d{1,3}|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.\d{1,3}\.?\d{0,3}\b|\[f[cd][0-9a-f:]+\]", Linear);

    private static readonly Regex _internalName = new(@"\b[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.(internal|local|lan|corp|intra|intranet|localdomain|home\.arpa|cluster|consul)\b|//localhost\b", Linear);

    private static readonly Regex _stackTrace = new(@"Traceback \(most recent call last\)|\bat [a-z]\w+(\.\w+)+\([A-Z]\w+\.java:\d+\)|\bat [A-Z]\w+(\.\w+)+\(.*\) in |goroutine \d+ \[|Fatal error: |Uncaught (Error|Exception)|SQLSTATE\[|ORA-\d{5}|You have an error in your SQL syntax|\bat .+\(.+\.js:\d+:\d+\)|ActionController::|Exception Details: ", Linear);

    private static readonly Regex _productPage = new(@"<center>nginx(/[\d.]+)?|Apache/\d[\d.]*|Apache Tomcat/[\d.]+|Microsoft-IIS/[\d.]+|Jetty://|Powered by Jetty|Werkzeug|Whitelabel Error Page|<center>openresty(/[\d.]+)?|Varnish cache server|gunicorn|lighttpd/[\d.]+|Kestrel|squid/[\d.]+|Express</title>|Cannot (GET|POST) /|DEBUG = True", Linear);

    private static readonly Regex _serverPath = new(
        @"/(var/www|home/\w+|usr/(local|share|lib)|app|srv)/[\w./-]+\.\w+|[A-Z]:\\(inetpub|Users|Windows)[\w.\\-]*", Linear);

    private static readonly Regex _inodeTag = new("^(W/)?\"[0-9a-f]+-[0-9a-f]+-[0-9a-f]+\"$", Linear);

    private static readonly Regex _balancerCookie = new(@"BIGipServer[^=]*=\d+\.\d+\.\d+", Linear);

    private static readonly Regex _cookieDomain = new("(?i)domain=[^;]*", Linear);

    private static readonly Regex _forwardedField = new("(?i)^(x-forwarded-|forwarded:|x-real-ip:|via:|x-origin-)", Linear);

    private readonly string _publicHost;
    private readonly string[] _internal;
    private readonly List<Finding> _findings = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <param name="publicHost">The host that was asked: it is no secret.</param>
    /// <param name="internalNames">Names that nobody outside may learn, beside those that look like it.</param>
    public Signs(string publicHost, IEnumerable<string> internalNames)
    {
        _publicHost = publicHost;
        _internal = [.. internalNames];
    }

    /// <summary>What was found, each thing once.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    public void Look(Probe probe, Answer answer)
    {
        foreach ((string name, string value) in answer.Fields)
        {
            LookAtField(probe, name, value);
        }

        LookForNames(probe, "content", answer.Body, ByBodies);
        LookForPatterns(probe, answer.Body);
        if (ToldPath.All.FirstOrDefault(told => told.Path == probe.Name) is { } told
            && answer.Status == 200 && answer.Body.Contains(told.Sign, StringComparison.Ordinal))
        {
            Add("a page for operators", told.Path, told.Sign, probe, "access: { allow: [...] } on a route of its path");
        }

        bool isEcho = probe.Name == "TRACE" && answer.Status == 200 && answer.Body.Contains("TRACE ", StringComparison.Ordinal);
        if (isEcho)
        {
            string? added = answer.Body.Split('\n').FirstOrDefault(line => _forwardedField.IsMatch(line));
            Add("TRACE is answered", "content", added ?? answer.Body.Split('\n')[0], probe, "refuse the method TRACE");
        }
    }

    /// <summary>Looks at the names in a certificate.</summary>
    public void LookAtNames(IEnumerable<string> names)
    {
        foreach (string name in names.Where(name => _privateAddress.IsMatch(name) || _internalName.IsMatch(name) || IsGiven(name)))
        {
            Add("an internal name", "certificate", name, new Probe("the TLS handshake", []), "a certificate without that name");
        }
    }

    private void LookAtField(Probe probe, string name, string value)
    {
        bool isLocation = Answer.Is(name, "Location") || Answer.Is(name, "Content-Location") || Answer.Is(name, "Refresh")
            || Answer.Is(name, "Link");
        if (isLocation && value.Contains(Probe.Marker, StringComparison.OrdinalIgnoreCase) && probe.Name == "a forwarded host")
        {
            Add("a field of the client's decides", name, value, probe, "trust X-Forwarded-* of known proxies only");
        }

        bool isTelling = TellingFields.All.Any(field => field.EndsWith('*')
            ? name.StartsWith(field[..^1], StringComparison.OrdinalIgnoreCase)
            : Answer.Is(name, field));
        bool isVia = Answer.Is(name, "Via");
        if ((isTelling && !isVia) || (Answer.Is(name, "Server") && _productVersion.IsMatch(value))
            || (isVia && (_productVersion.IsMatch(value) || value.Contains('('))))
        {
            Add("a product or server", name, value, probe, ByCloak);
            return;
        }

        if (Answer.Is(name, "ETag") && _inodeTag.IsMatch(value))
        {
            Add("an inode number", name, value, probe, "FileETag MTime Size, at the origin");
        }

        if (Answer.Is(name, "Set-Cookie") && _balancerCookie.Match(value) is { Success: true } cookie)
        {
            Add("an encoded address", name, cookie.Value, probe, "encrypt the cookie where it is made");
        }

        LookForNames(probe, name, Answer.Is(name, "Set-Cookie") ? _cookieDomain.Match(value).Value : value, ByCloak);
    }

    private void LookForNames(Probe probe, string where, string text, string remedy)
    {
        foreach (Match match in _privateAddress.Matches(text).Concat(_internalName.Matches(text)).Where(match => match.Value != _publicHost))
        {
            Add(_privateAddress.IsMatch(match.Value) ? "a private address" : "an internal name", where, match.Value, probe, remedy);
        }

        foreach (string name in _internal.Where(name => text.Contains(name, StringComparison.OrdinalIgnoreCase)))
        {
            Add("an internal name", where, name, probe, remedy);
        }
    }

    private void LookForPatterns(Probe probe, string body)
    {
        if (_stackTrace.Match(body) is { Success: true } trace)
        {
            Add("a stack trace", "content", trace.Value, probe, ByPages);
        }

        if (_productPage.Match(body) is { Success: true } page)
        {
            Add("a product's own page", "content", page.Value, probe, ByPages);
        }

        if (_serverPath.Match(body) is { Success: true } path)
        {
            Add("a path of the server's disk", "content", path.Value, probe, ByPages);
        }
    }

    private bool IsGiven(string name) => _internal.Any(given => name.Contains(given, StringComparison.OrdinalIgnoreCase));

    private void Add(string what, string where, string seen, Probe probe, string remedy)
    {
        seen = seen.Trim();
        seen = seen.Length > LongestSeen ? seen[..LongestSeen] + "…" : seen;
        if (_known.Add($"{what}\n{where.ToUpperInvariant()}\n{seen}"))
        {
            _findings.Add(new Finding(what, where, seen, probe.Name, remedy));
        }
    }
}
