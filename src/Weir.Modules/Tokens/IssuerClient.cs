namespace Weir.Modules.Tokens;

/// <summary>How issuers of tokens are asked: within bounds, and at the address that was said, without redirections.</summary>
internal static class IssuerClient
{
    private const int MostOctets = 1 << 20;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>A client.</summary>
    /// <param name="handler">Asks; null: by HTTP.</param>
    public static HttpClient Make(HttpMessageHandler? handler = null) =>
        new(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
        {
            Timeout = _patience,
            MaxResponseContentBufferSize = MostOctets,
        };

    /// <summary>
    /// Whether an address may be asked: https, or http on this machine; whoever can change answers on their way can make tokens.
    /// </summary>
    public static bool MayAsk(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? url) && (url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback));
}
