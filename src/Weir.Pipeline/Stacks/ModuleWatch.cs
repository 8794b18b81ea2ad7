using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Tracing;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace Weir.Pipeline.Stacks;

/// <summary>
/// Watches one module for a trace: what it changed in the head that it was given, and how long it took. Any module is watched alike, so
/// that a trace is true also of those that say nothing themselves. Made only where somebody asked.
/// </summary>
internal sealed class ModuleWatch
{
    private readonly Exchange _exchange;
    private readonly string _name;
    private readonly bool _isResponse;
    private readonly List<(string Name, string Value)> _before;
    private readonly string _target;
    private readonly string _authority;
    private readonly int _steps;
    private readonly long _startTimestamp;

    private ModuleWatch(Exchange exchange, string name, bool isResponse)
    {
        _exchange = exchange;
        _name = name;
        _isResponse = isResponse;
        _before = TracedFields.Read(Fields);
        _target = TargetText(exchange.Request);
        _authority = Encoding.Latin1.GetString(exchange.Request.OriginAuthority);
        _steps = exchange.Trace!.Steps.Count;
        _startTimestamp = Stopwatch.GetTimestamp();
    }

    private HeaderFields Fields => _isResponse ? _exchange.Response.Fields : _exchange.Request.Fields;

    /// <summary>Watches a request module; null when nobody asked.</summary>
    public static ModuleWatch? OfRequest(Exchange exchange, string name) =>
        exchange.Trace is null ? null : new ModuleWatch(exchange, name, isResponse: false);

    /// <summary>Watches a response module; null when nobody asked.</summary>
    public static ModuleWatch? OfResponse(Exchange exchange, string name) =>
        exchange.Trace is null ? null : new ModuleWatch(exchange, name, isResponse: true);

    /// <summary>The module has come to its end: what it changed becomes steps.</summary>
    public void End()
    {
        Trace trace = _exchange.Trace!;
        long tookNs = (long)Stopwatch.GetElapsedTime(_startTimestamp).TotalNanoseconds;
        string moment = _isResponse ? "answer" : "request";
        foreach (string change in Changes())
        {
            trace.Add(_name, $"{moment}: {change}", tookNs);
        }

        if (trace.Steps.Count == _steps)
        {
            trace.Add(_name, moment + ": passed on as it is", tookNs);
        }
    }

    private IEnumerable<string> Changes()
    {
        string target = TargetText(_exchange.Request);
        if (!_isResponse && target != _target)
        {
            yield return $"{_target} becomes {target}";
        }

        string authority = Encoding.Latin1.GetString(_exchange.Request.OriginAuthority);
        if (!_isResponse && authority != _authority)
        {
            yield return $"the origin is told the host {authority}";
        }

        List<(string Name, string Value)> after = TracedFields.Read(Fields);
        List<(string Name, string Value)> gone = Without(_before, after);
        foreach ((string name, string value) in Without(after, _before))
        {
            int old = gone.FindIndex(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            string shown = $"{name}: {TracedFields.Shown(name, value)}";
            yield return old < 0 ? "added " + shown : $"set {shown} (was {TracedFields.Shown(name, gone[old].Value)})";
            if (old >= 0)
            {
                gone.RemoveAt(old);
            }
        }

        foreach ((string name, string value) in gone)
        {
            yield return $"removed {name}: {TracedFields.Shown(name, value)}";
        }
    }

    private static List<(string Name, string Value)> Without(
        List<(string Name, string Value)> fields, List<(string Name, string Value)> others)
    {
        List<(string Name, string Value)> rest = [.. fields];
        others.ForEach(field => rest.Remove(field));
        return rest;
    }

    private static string TargetText(RequestHead request) =>
        request.HasQuery ? $"{request.PathText}?{request.QueryText}" : request.PathText;
}
