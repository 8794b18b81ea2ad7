using Weir.Abstractions.Modules;

namespace Weir.Modules;

/// <summary>Keys from a URL.</summary>
internal sealed class UrlKeys : IssuerKeys
{
    private readonly HttpClient? _own;
    private readonly FetchedDocument<KeySet> _document;

    /// <param name="http">Asks; it stays its owner's.</param>
    /// <param name="url">Where they are.</param>
    /// <param name="refresh">After which time they are asked for anew.</param>
    /// <param name="log">Where operators read.</param>
    public UrlKeys(HttpClient http, string url, TimeSpan refresh, ModuleLog log) =>
        _document = new FetchedDocument<KeySet>(http, url, refresh, KeySet.Parse, log);

    /// <summary>Keys that are asked for by a client of their own.</summary>
    public UrlKeys(string url, TimeSpan refresh, ModuleLog log, HttpMessageHandler? handler = null)
        : this(IssuerClient.Make(handler), url, refresh, log, isOwn: true)
    {
    }

    private UrlKeys(HttpClient http, string url, TimeSpan refresh, ModuleLog log, bool isOwn)
        : this(http, url, refresh, log) => _own = isOwn ? http : null;

    /// <inheritdoc/>
    public override KeySet? Current(long nowMs) => _document.Current(nowMs);

    /// <inheritdoc/>
    public override Task Renew(long nowMs) => _document.Renew(nowMs);

    /// <inheritdoc/>
    public override void Dispose() => _own?.Dispose();
}
