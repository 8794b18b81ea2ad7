using Microsoft.AspNetCore.Http;
using Weir.Control;

namespace Weir.Admin.Metrics;

/// <summary>/metrics. What it is written with is kept for the next scrape; two at a time make one more.</summary>
internal sealed class MetricsPage
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly IWeirControl _control;
    private readonly CounterSeries _counters;
    private readonly byte[] _processHead;
    private DurationSeries? _durations;
    private LiveSeries? _live;
    private ModuleSeries? _modules;

    public MetricsPage(IWeirControl control)
    {
        _control = control;
        _counters = new CounterSeries(control.Counters);
        string version = control.GetType().Assembly.GetName().Version?.ToString(3) ?? "0";
        _processHead =
        [
            .. MetricsText.Head("weir_info", "gauge", "The version of Weir; always 1."),
            .. System.Text.Encoding.UTF8.GetBytes($"weir_info{{version=\"{version}\"}} 1\n"),
            .. MetricsText.Head("weir_ready", "gauge", "1 while Weir serves and does not end."),
            .. "weir_ready "u8,
        ];
    }

    public async Task WriteAsync(HttpContext http)
    {
        http.Response.ContentType = ContentType;
        MetricsText text = new(http.Response.BodyWriter);
        text.Write(_processHead);
        text.End(_control.IsReady ? 1 : 0);
        _counters.Write(text);
        DurationSeries durations = Interlocked.Exchange(ref _durations, null) ?? new DurationSeries(_control.Counters);
        durations.Write(text);
        _durations = durations;
        LiveSeries live = Interlocked.Exchange(ref _live, null) ?? new LiveSeries(_control);
        live.Write(text);
        _live = live;
        ModuleSeries modules = Interlocked.Exchange(ref _modules, null) ?? new ModuleSeries(_control);
        modules.Write(text);
        _modules = modules;
        CacheSeries.Write(text, _control.Caches(isBrief: true));
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
