using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Weir.Admin.Metrics;

/// <summary>
/// Writes the Prometheus text format, version 0.0.4, into somebody's buffers. A number or a name allocates nothing: whoever asks each
/// second must not wake the collector.
/// </summary>
internal readonly struct MetricsText
{
    private const int LongestNumber = 32;

    private static readonly SearchValues<char> _special = SearchValues.Create("\\\"\n");

    private readonly IBufferWriter<byte> _output;

    public MetricsText(IBufferWriter<byte> output) => _output = output;

    /// <summary>The two lines in front of a metric's samples.</summary>
    public static byte[] Head(string name, string kind, string help) =>
        Encoding.UTF8.GetBytes(
            $"# HELP {name} {help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n# TYPE {name} {kind}\n");

    /// <summary>A label's value, escaped.</summary>
    public static string Escape(string value) =>
        value.AsSpan().IndexOfAny(_special) < 0
            ? value
            : value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace(
                "\n", "\\n", StringComparison.Ordinal);

    public void Write(ReadOnlySpan<byte> text) => _output.Write(text);

    public void Write(string text)
    {
        Span<byte> span = _output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        _output.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    /// <summary>A value and the end of its line.</summary>
    public void End(long value)
    {
        Span<byte> span = _output.GetSpan(LongestNumber);
        Utf8Formatter.TryFormat(value, span, out int count);
        span[count] = (byte)'\n';
        _output.Advance(count + 1);
    }

    /// <summary>A value and the end of its line.</summary>
    public void End(double value)
    {
        if (value == Math.Truncate(value) && Math.Abs(value) < long.MaxValue / 2)
        {
            End((long)value);
            return;
        }

        Span<byte> span = _output.GetSpan(LongestNumber);
        Utf8Formatter.TryFormat(value, span, out int count);
        span[count] = (byte)'\n';
        _output.Advance(count + 1);
    }
}
