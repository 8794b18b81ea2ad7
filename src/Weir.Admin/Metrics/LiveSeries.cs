using Weir.Control;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Counting;

namespace Weir.Admin.Metrics;

/// <summary>What /metrics says of upstreams and servers. Labels come from the configuration and from DNS, never from a request.</summary>
internal sealed class LiveSeries
{
    private const long NsPerMs = 1_000_000;

    private static readonly byte[][] _upstreamHeads = [.. LiveMetrics.OfUpstreams.Select(metric => MetricsText.Head(metric.Name, Word(metric.Kind), metric.Help))];
    private static readonly byte[][] _serverHeads = [.. LiveMetrics.OfServers.Select(metric => MetricsText.Head(metric.Name, Word(metric.Kind), metric.Help))];
    private static readonly byte[][] _stateHeads = [.. LiveMetrics.States.Select(metric => MetricsText.Head(metric.Name, "gauge", metric.Help))];

    private readonly IWeirControl _control;
    private readonly List<UpstreamState> _upstreams = [];
    private readonly List<ListedServer> _servers = [];
    private readonly HashSet<(string, string)> _names = [];
    private Dictionary<ServerState, string> _labels = [];

    public LiveSeries(IWeirControl control) => _control = control;

    public static string Word(CounterKind kind) => kind == CounterKind.Gauge ? "gauge" : "counter";

    public void Write(MetricsText text)
    {
        List();
        long nowMs = LoopClock.System.MonotonicNs / NsPerMs;
        for (int i = 0; i < _upstreamHeads.Length && _upstreams.Count > 0; i++)
        {
            text.Write(_upstreamHeads[i]);
            UpstreamMetric metric = LiveMetrics.OfUpstreams[i];
            foreach (UpstreamState upstream in _upstreams)
            {
                text.Write(metric.Name);
                text.Write("{upstream=\"");
                text.Write(MetricsText.Escape(upstream.Name));
                text.Write("\"} "u8);
                text.End(metric.Read(upstream, nowMs));
            }
        }

        WriteServers(text, nowMs);
        WriteStates(text, nowMs);
    }

    private void WriteServers(MetricsText text, long nowMs)
    {
        for (int i = 0; i < _serverHeads.Length && _servers.Count > 0; i++)
        {
            text.Write(_serverHeads[i]);
            ServerMetric metric = LiveMetrics.OfServers[i];
            foreach (ListedServer server in _servers)
            {
                text.Write(metric.Name);
                text.Write("{"u8);
                text.Write(server.Labels);
                text.Write("} "u8);
                text.End(metric.Read(server.State, nowMs));
            }
        }
    }

    private void WriteStates(MetricsText text, long nowMs)
    {
        for (int i = 0; i < _stateHeads.Length && _servers.Count > 0; i++)
        {
            text.Write(_stateHeads[i]);
            StateMetric metric = LiveMetrics.States[i];
            foreach (ListedServer server in _servers)
            {
                int now = metric.Read(server.State, nowMs);
                for (int value = 0; value < metric.Values.Count; value++)
                {
                    text.Write(metric.Name);
                    text.Write("{"u8);
                    text.Write(server.Labels);
                    text.Write(","u8);
                    text.Write(metric.Label);
                    text.Write("=\""u8);
                    text.Write(metric.Values[value]);
                    text.Write("\"} "u8);
                    text.End(value == now ? 1 : 0);
                }
            }
        }
    }

    // A name that resolves to a server which the file names too makes two of one name: a series must not be there twice.
    private void List()
    {
        _upstreams.Clear();
        _servers.Clear();
        _names.Clear();
        bool isNew = false;
        foreach (UpstreamState upstream in _control.LiveUpstreams)
        {
            _upstreams.Add(upstream);
            IReadOnlyList<ServerState> servers = upstream.Servers;
            for (int i = 0; i < servers.Count; i++)
            {
                if (_names.Add((upstream.Name, servers[i].Name)))
                {
                    bool isKnown = _labels.TryGetValue(servers[i], out string? labels);
                    isNew |= !isKnown;
                    _servers.Add(new ListedServer(servers[i], labels ?? $"upstream=\"{MetricsText.Escape(upstream.Name)}\",server=\"{MetricsText.Escape(servers[i].Name)}\""));
                }
            }
        }

        // Servers that are gone must not stay here for ever.
        if (isNew || _labels.Count != _servers.Count)
        {
            _labels = _servers.ToDictionary(server => server.State, server => server.Labels);
        }
    }
}
