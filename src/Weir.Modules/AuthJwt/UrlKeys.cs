using Weir.Abstractions.Modules;

namespace Weir.Modules.AuthJwt;

/// <summary>
/// Keys from a URL: asked for when the first request needs them, again after a time, and when a token names one that is not known. What is there
/// stays while it cannot be asked for, for a day. Requests never wait for a renewal by time.
/// </summary>
internal sealed class UrlKeys : KeySource
{
    private const int MostOctets = 1 << 20;
    private const long LeastGapMs = 10_000;
    private const long MostAgeMs = 24 * 3600_000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly HttpClient _http;
    private readonly string _url;
    private readonly long _refreshMs;
    private readonly ModuleLog _log;
    private volatile Fetched? _fetched;
    private Task? _going;
    private long _triedAtMs = long.MinValue / 2;
    private bool _isFailing;

    /// <param name="url">Where they are.</param>
    /// <param name="refresh">After which time they are asked for anew.</param>
    /// <param name="log">Where operators read.</param>
    /// <param name="handler">Asks; null: by HTTP.</param>
    public UrlKeys(string url, TimeSpan refresh, ModuleLog log, HttpMessageHandler? handler = null)
    {
        _url = url;
        _refreshMs = (long)refresh.TotalMilliseconds;
        _log = log;
        _http = new HttpClient(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            Timeout = _patience,
            MaxResponseContentBufferSize = MostOctets,
        };
    }

    /// <inheritdoc/>
    public override KeySet? Current(long nowMs)
    {
        if (_fetched is not { } fetched)
        {
            return null;
        }

        long age = nowMs - fetched.AtMs;
        if (age >= _refreshMs)
        {
            _ = Renew(nowMs);
        }

        return age < Math.Max(MostAgeMs, _refreshMs * 2) ? fetched.Keys : null;
    }

    /// <inheritdoc/>
    public override Task Renew(long nowMs)
    {
        lock (_lock)
        {
            if (_going is { IsCompleted: false })
            {
                return _going;
            }

            // Whoever makes tokens up must not make us ask without end.
            if (nowMs - _triedAtMs < LeastGapMs)
            {
                return Task.CompletedTask;
            }

            _triedAtMs = nowMs;
            _going = Task.Run(() => FetchAsync(nowMs));
            return _going;
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _http.Dispose();

    private async Task FetchAsync(long nowMs)
    {
        try
        {
            byte[] octets = await _http.GetByteArrayAsync(_url);
            List<string> mistakes = [];
            KeySet keys = KeySet.Parse(octets, mistakes);
            if (mistakes.Count > 0)
            {
                Fail(mistakes[0]);
                return;
            }

            _isFailing = false;
            _fetched = new Fetched(keys, nowMs);
            _log.Note($"{_url} gave {keys.Count} keys, which are in force.");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // Disposed of, too: the configuration is another one then.
            Fail(failure.Message);
        }
    }

    private void Fail(string reason)
    {
        if (!_isFailing)
        {
            _log.Warn($"{_url} gave no keys: {reason} {(_fetched is null ? "Nobody is let in until it does." : "Those from before stay in force for a day.")}");
        }

        _isFailing = true;
    }

    private sealed record Fetched(KeySet Keys, long AtMs);
}
