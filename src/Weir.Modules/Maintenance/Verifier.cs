using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Maintenance;

/// <summary>
/// Asks the origin whether it works, through everything that stands below the module: by the clock, in Weir's own name, one question at a
/// time. For one loop, but for the interval.
/// </summary>
internal sealed class Verifier
{
    private readonly byte[] _path;
    private readonly byte[]? _host;
    private readonly VerifyOptions _options;
    private readonly ModuleLog _log;
    private long _nextMs;
    private bool _isAsking;
    private int _successes;
    private string? _told;

    public Verifier(byte[] path, VerifyOptions options, ModuleLog log)
    {
        _path = path;
        _host = options.Host is { } host ? Encoding.ASCII.GetBytes(host) : null;
        _options = options;
        _log = log;
        IntervalMs = (long)options.Interval.TotalMilliseconds;
    }

    /// <summary>The least time between two questions.</summary>
    public long IntervalMs { get; }

    /// <summary>Asks if it is time to, and goes on asking. Returns the milliseconds to the next question.</summary>
    /// <param name="place">Where the module stands.</param>
    /// <param name="closure">Opened once there were good answers enough in a row.</param>
    public int OnTime(ModulePlace place, Closure closure)
    {
        long nowMs = place.Loop.NowMs;
        if (!_isAsking && nowMs >= _nextMs)
        {
            _isAsking = true;
            _nextMs = nowMs + IntervalMs;
            place.Loop.Observe(AskAsync(place, closure));
        }

        return (int)Math.Max(_nextMs - nowMs, 1);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask AskAsync(ModulePlace place, Closure closure)
    {
        string? failure = "the question failed";
        try
        {
            FetchResult result = await place.FetchBelowAsync(Question(place), (int)_options.Timeout.TotalMilliseconds);
            failure = FailureOf(result);
            result.Body?.Release();
        }
        finally
        {
            _isAsking = false;
            Judge(place, closure, failure);
        }
    }

    private string? FailureOf(FetchResult result)
    {
        if (result.Head is not { } head)
        {
            return $"failed: {result.Error!.Name}";
        }

        bool isGood = head.Status >= _options.StatusFrom && head.Status <= _options.StatusTo;
        return isGood ? null : string.Create(CultureInfo.InvariantCulture, $"was answered with {head.Status}");
    }

    private void Judge(ModulePlace place, Closure closure, string? failure)
    {
        if (failure is not null)
        {
            _successes = 0;
            if (failure != _told)
            {
                _told = failure;
                _log.Warn($"{place.Name}: the window is over, but GET {_options.Path} {failure}. Visitors stay out, and it is asked again every "
                    + $"{_options.Interval.TotalSeconds:0.###} s. Mend the origin, or take `verify` out and reload.");
            }

            return;
        }

        if (++_successes < _options.Rise)
        {
            return;
        }

        _successes = 0;
        _told = null;
        closure.SetOpen(place.Loop.UnixMs);
        string often = _options.Rise == 1 ? "" : $" {_options.Rise} times in a row";
        _log.Note($"{place.Name}: GET {_options.Path} was answered well{often}: visitors come in again.");
    }

    private RequestHead Question(ModulePlace place)
    {
        RequestHead head = new() { Version = HttpVersion.Http11, IsHttps = place.IsHttps };
        HeaderFields fields = head.Fields;
        byte[] host = _host ?? Encoding.ASCII.GetBytes(place.Host);
        head.SetMethod(fields.Store("GET"u8));
        ByteSlice path = fields.Store(_path);
        head.SetTarget(path);
        head.SetPath(path);
        ByteSlice authority = fields.Store(host);
        head.SetAuthority(authority, authority, 0);
        fields.Add(KnownField.Host, host);
        fields.Add("User-Agent"u8, "Weir/maintenance"u8);
        fields.Add("Accept"u8, "*/*"u8);
        return head;
    }
}
