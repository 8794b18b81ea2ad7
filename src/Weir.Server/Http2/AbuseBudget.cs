using Weir.Telemetry.Counting;

namespace Weir.Server.Http2;

/// <summary>A bucket for each kind of abuse: so many at once, and so many a second afterwards.</summary>
internal sealed class AbuseBudget
{
    private static readonly (int Burst, int PerSecond, Counter Counter, string Text)[] _rows =
    [
        (Http2Limits.Streams, 20, Counter.Http2AbuseRapidReset, "requests that it reset before they were answered"),
        (200, 20, Counter.Http2AbuseRapidReset, "answers that it reset"),
        (100, 10, Counter.Http2AbuseProvokedReset, "requests that had to be reset"),
        (200, 20, Counter.Http2AbuseStreams, "streams above the limit"),
        (0, 0, Counter.Http2AbuseContinuation, "a field block without end"),
        (0, 0, Counter.Http2AbuseHpackBomb, "a field block that unfolds to many times its size"),
        (100, 5, Counter.Http2AbuseSettings, "SETTINGS frames"),
        (200, 20, Counter.Http2AbusePing, "PING frames"),
        (20_000, 5_000, Counter.Http2AbuseWindowUpdate, "WINDOW_UPDATE frames"),
        (2_000, 500, Counter.Http2AbusePriority, "PRIORITY and unknown frames"),
        (200, 20, Counter.Http2AbuseEmptyData, "empty DATA frames"),
        (2_000, 100, Counter.Http2AbuseTinyWindow, "windows of a few octets"),
    ];

    private readonly int[] _spent = new int[_rows.Length];
    private readonly long[] _sinceMs = new long[_rows.Length];

    public static Counter CounterOf(Http2Abuse kind) => _rows[(int)kind].Counter;

    public static string TextOf(Http2Abuse kind) => _rows[(int)kind].Text;

    /// <summary>Takes one back.</summary>
    public void GiveBack(Http2Abuse kind)
    {
        ref int spent = ref _spent[(int)kind];
        spent -= spent > 0 ? 1 : 0;
    }

    /// <summary>Counts one. False: too many.</summary>
    public bool TrySpend(Http2Abuse kind, long nowMs)
    {
        int index = (int)kind;
        ref int spent = ref _spent[index];
        if (spent < _rows[index].Burst)
        {
            if (spent++ == 0)
            {
                _sinceMs[index] = nowMs;
            }

            return true;
        }

        long back = (nowMs - _sinceMs[index]) * _rows[index].PerSecond / 1000;
        _sinceMs[index] = nowMs;
        spent = (int)Math.Max(0, spent - back) + 1;
        return spent <= _rows[index].Burst;
    }
}
