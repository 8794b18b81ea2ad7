using System.Globalization;

namespace Weir.Bench.Load;

/// <summary>What a run came to. Latencies are microseconds.</summary>
internal sealed record Result(int Rate, double Seconds, long Responses, long Errors, long Unanswered, Latencies Latencies)
{
    public string ToJson() => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"rate": {{Rate}}, "achieved": {{Responses / Seconds:F0}}, "seconds": {{Seconds:F2}}, "responses": {{Responses}}, "errors": {{Errors}}, "unanswered": {{Unanswered}}, "p50_us": {{Latencies.At(0.50)}}, "p90_us": {{Latencies.At(0.90)}}, "p99_us": {{Latencies.At(0.99)}}, "p999_us": {{Latencies.At(0.999)}}, "max_us": {{Latencies.Maximum}}}
        """);
}
