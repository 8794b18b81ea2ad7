using Weir.Abstractions.Modules;

namespace Weir.Modules.Tokens;

/// <summary>Keys from a URL.</summary>
internal sealed class UrlKeys : KeySource
{
    private readonly HttpClient? _own;
    private readonly FetchedDocument<KeySet> _document;

    private UrlKeys(FetchedDocument<KeySet> document, HttpClient? own)
    {
        _document = document;
        _own = own;
    }

    /// <summary>Keys of who issues tokens.</summary>
    /// <param name="http">Asks; it stays its owner's.</param>
    /// <param name="url">Where they are.</param>
    /// <param name="refresh">After which time they are asked for anew.</param>
    /// <param name="log">Where operators read.</param>
    public static UrlKeys OfIssuer(HttpClient http, string url, TimeSpan refresh, ModuleLog log) =>
        new(new FetchedDocument<KeySet>(http, url, refresh, KeySet.Parse, log), null);

    /// <summary>Keys of who issues tokens, which are asked for by a client of their own.</summary>
    public static UrlKeys OfIssuer(string url, TimeSpan refresh, ModuleLog log, HttpMessageHandler? handler = null)
    {
        HttpClient http = IssuerClient.Make(handler);
        return new UrlKeys(new FetchedDocument<KeySet>(http, url, refresh, KeySet.Parse, log), http);
    }

    /// <summary>Keys of a bot, which are asked for by a client of their own.</summary>
    public static UrlKeys OfBot(string url, TimeSpan refresh, ModuleLog log, HttpMessageHandler? handler = null)
    {
        HttpClient http = IssuerClient.Make(handler);
        FetchedDocument<KeySet> document = new(http, url, refresh, KeySet.ParseOfBot, log) { Without = "The bot is not known until it can." };
        return new UrlKeys(document, http);
    }

    /// <inheritdoc/>
    public override KeySet? Current(long nowMs) => _document.Current(nowMs);

    /// <inheritdoc/>
    public override Task Renew(long nowMs) => _document.Renew(nowMs);

    /// <inheritdoc/>
    public override void Dispose() => _own?.Dispose();
}
