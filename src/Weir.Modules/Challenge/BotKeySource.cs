using Weir.Abstractions.Modules;

namespace Weir.Modules.Challenge;

/// <summary>
/// Where a bot's keys come from: a file that is watched; or a URL, asked for when the first signature needs it, again after a time, and
/// when a key is not known. What is there stays while it cannot be asked for. Requests wait for the first answer only. Any loop; one
/// lock around who asks.
/// </summary>
internal sealed class BotKeySource : IDisposable
{
    private const int MostOctets = 1 << 20;
    private const long LeastGapMs = 10_000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly WatchedContent<BotKeys>? _file;
    private readonly HttpClient? _http;
    private readonly string _url = "";
    private readonly long _refreshMs;
    private readonly ModuleLog _log = ModuleLog.Silent;
    private volatile BotKeys? _fetched;
    private Task _going = Task.CompletedTask;
    private long _triedAtMs = long.MinValue / 2;
    private bool _isFailing;

    public BotKeySource(WatchedContent<BotKeys> file) => _file = file;

    /// <param name="url">Where they are.</param>
    /// <param name="refresh">After which time they are asked for anew.</param>
    /// <param name="log">Where operators read.</param>
    /// <param name="handler">Asks; null: by HTTP.</param>
    public BotKeySource(string url, TimeSpan refresh, ModuleLog log, HttpMessageHandler? handler = null)
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

    /// <summary>The keys in force; null: there are none now.</summary>
    public BotKeys? Current(long nowMs)
    {
        if (_file is not null)
        {
            return _file.Current;
        }

        if (_fetched is not null && nowMs - Volatile.Read(ref _triedAtMs) >= _refreshMs)
        {
            _ = Renew(nowMs);
        }

        return _fetched;
    }

    /// <summary>Asks for other keys, if that may bring any. The task runs elsewhere, ends after a bounded time and never fails.</summary>
    public Task Renew(long nowMs)
    {
        lock (_lock)
        {
            // Whoever makes names of keys up must not make us ask without end.
            if (_http is null || !_going.IsCompleted || nowMs - _triedAtMs < LeastGapMs)
            {
                return _going;
            }

            Volatile.Write(ref _triedAtMs, nowMs);
            _going = Task.Run(FetchAsync);
            return _going;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _http?.Dispose();
    }

    private async Task FetchAsync()
    {
        List<string> mistakes = [];
        try
        {
            BotKeys keys = BotKeys.Parse(await _http!.GetByteArrayAsync(_url), mistakes);
            if (mistakes.Count == 0)
            {
                _fetched = keys;
                _isFailing = false;
                return;
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // Disposed of, too: the configuration is another one then.
            mistakes.Add(failure.Message);
        }

        if (!_isFailing)
        {
            string rest = _fetched is null ? "The bot is not known until it does" : "Those from before stay in force";
            _log.Warn($"{_url} gave no keys: {mistakes[0]} {rest}.");
        }

        _isFailing = true;
    }
}
