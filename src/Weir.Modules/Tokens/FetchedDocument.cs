using Weir.Abstractions.Modules;

namespace Weir.Modules.Tokens;

/// <summary>
/// What a URL gives: asked for when the first request needs it, again after a time, and when something is missing in it. What is there
/// stays while it cannot be asked for, for a day. Requests never wait for a renewal by time. Any thread; one lock around who asks.
/// </summary>
/// <typeparam name="T">What the octets become.</typeparam>
internal sealed class FetchedDocument<T>
    where T : class
{
    private const long LeastGapMs = 10_000;
    private const long MostAgeMs = 24 * 3600_000;

    private readonly Lock _lock = new();
    private readonly HttpClient _http;
    private readonly string _url;
    private readonly long _refreshMs;
    private readonly Func<byte[], List<string>, T> _parse;
    private readonly ModuleLog _log;
    private volatile Fetched? _fetched;
    private Task? _going;
    private long _triedAtMs = long.MinValue / 2;
    private bool _isFailing;

    /// <param name="http">Asks; it bounds time and size.</param>
    /// <param name="url">Where it is.</param>
    /// <param name="refresh">After which time it is asked for anew.</param>
    /// <param name="parse">Makes something of the octets, and lists mistakes as sentences.</param>
    /// <param name="log">Where operators read.</param>
    public FetchedDocument(HttpClient http, string url, TimeSpan refresh, Func<byte[], List<string>, T> parse, ModuleLog log)
    {
        _http = http;
        _url = url;
        _refreshMs = (long)refresh.TotalMilliseconds;
        _parse = parse;
        _log = log;
    }

    /// <summary>What it means that there is nothing yet, as a sentence of the log.</summary>
    public string Without { get; init; } = "Nobody is let in until it can.";

    /// <summary>What is in force; null: there is nothing now.</summary>
    /// <param name="nowMs">The loop's time.</param>
    public T? Current(long nowMs)
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

        return age < Math.Max(MostAgeMs, _refreshMs * 2) ? fetched.Document : null;
    }

    /// <summary>Asks for it, unless that was just done. The task runs elsewhere, ends after a bounded time and never fails.</summary>
    /// <param name="nowMs">The loop's time.</param>
    public Task Renew(long nowMs)
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

    private async Task FetchAsync(long nowMs)
    {
        try
        {
            byte[] octets = await _http.GetByteArrayAsync(_url);
            List<string> mistakes = [];
            T document = _parse(octets, mistakes);
            if (mistakes.Count > 0)
            {
                Fail(mistakes[0]);
                return;
            }

            _isFailing = false;
            _fetched = new Fetched(document, nowMs);
            _log.Note($"{_url} was read, and is in force.");
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
            _log.Warn($"{_url} cannot be used: {reason} {(_fetched is null ? Without : "What it gave before stays in force for a day.")}");
        }

        _isFailing = true;
    }

    private sealed record Fetched(T Document, long AtMs);
}
