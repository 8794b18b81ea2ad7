using Weir.Certificates;
using Weir.Http.Http1;
using Weir.Pipeline.Balancing;

namespace Weir.Upstreams;

/// <summary>The upstreams that run, by name. One thread changes them; the loops see what the plan in force refers to.</summary>
internal sealed class LiveUpstreams : IDisposable
{
    private readonly ServerMaker _maker;
    private IReadOnlyDictionary<string, LiveUpstream> _current = new Dictionary<string, LiveUpstream>(StringComparer.Ordinal);

    public LiveUpstreams(ServerMaker maker) => _maker = maker;

    /// <summary>Prepares the upstreams of a next configuration.</summary>
    /// <param name="responseHead">Head limits for responses.</param>
    public UpstreamChange Prepare(HeadLimits responseHead) => new(_current, _maker, responseHead);

    /// <summary>Puts a prepared change in force; then every loop runs <see cref="UpstreamChange.ApplyOn"/>.</summary>
    public void Commit(UpstreamChange change)
    {
        change.Apply();
        _current = change.Next;
    }

    /// <summary>The files behind servers' TLS.</summary>
    public OriginFiles TlsFiles => _maker.TlsFiles;

    public void Dispose()
    {
        _maker.Probers.Dispose();
        foreach (LiveUpstream upstream in _current.Values)
        {
            upstream.Resolved?.Dispose();
            foreach (ServerState server in upstream.Fixed.Select(known => known.State))
            {
                (server.Connector as IDisposable)?.Dispose();
            }
        }
    }
}
