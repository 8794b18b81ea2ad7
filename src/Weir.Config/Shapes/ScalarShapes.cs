using System.Globalization;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;
using Weir.Config.Model;

namespace Weir.Config.Shapes;

/// <summary>The one table of scalar types.</summary>
internal static class ScalarShapes
{
    private static readonly Dictionary<Type, ScalarShape> _shapes = new()
    {
        [typeof(bool)] = new("true or false", (text, _) => NumberSyntax.Bool(text))
        {
            JsonType = "boolean",
            Format = value => (bool)value ? "true" : "false",
        },
        [typeof(int)] = new("a whole number", (text, _) => NumberSyntax.Int(text))
        {
            JsonType = "integer",
            Measure = value => (int)value,
        },
        [typeof(long)] = new("a whole number", (text, _) => NumberSyntax.Long(text))
        {
            JsonType = "integer",
            Measure = value => (long)value,
        },
        [typeof(double)] = new("a number", (text, _) => NumberSyntax.Double(text))
        {
            JsonType = "number",
            Measure = value => (double)value,
        },
        [typeof(TimeSpan)] = new("a duration", (text, _) => UnitSyntax.Duration(text))
        {
            Pattern = @"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$",
            Examples = UnitSyntax.Durations,
            Format = value => UnitSyntax.Format((TimeSpan)value),
            Measure = value => ((TimeSpan)value).TotalMilliseconds,
        },
        [typeof(ByteSize)] = new("a size", (text, _) => UnitSyntax.Size(text))
        {
            Pattern = @"^[0-9]+(\.[0-9]+)?(B|KiB|MiB|GiB|TiB)$",
            Examples = UnitSyntax.Sizes,
            Measure = value => ((ByteSize)value).Octets,
        },
        [typeof(ByteRate)] = new("octets in a second", (text, _) => UnitSyntax.ByteRate(text))
        {
            Pattern = @"^[0-9]+(\.[0-9]+)?(B|KiB|MiB|GiB|TiB)/s$",
            Examples = UnitSyntax.ByteRates,
            Measure = value => ((ByteRate)value).OctetsPerSecond,
        },
        [typeof(Rate)] = new("a rate", (text, _) => UnitSyntax.Rate(text))
        {
            Pattern = @"^[0-9]+(\.[0-9]+)?/(s|m|h|d)$",
            Examples = UnitSyntax.Rates,
            Measure = value => ((Rate)value).PerSecond,
        },
        [typeof(Percent)] = new("a percentage", (text, _) => UnitSyntax.Percent(text))
        {
            Pattern = @"^[0-9]+(\.[0-9]+)?%$",
            Examples = "50%",
            Measure = value => ((Percent)value).Value,
        },
        [typeof(MemoryLimit)] = new("a percentage or a size", (text, _) => UnitSyntax.Memory(text)) { Examples = "75%, 512MiB" },
        [typeof(IpPrefix)] = new("a range of addresses", (text, _) => AddressSyntax.Prefix(text))
        {
            Examples = "10.0.0.0/8, 2001:db8::/32",
        },
        [typeof(ListenAddress)] = new("an address to listen on", (text, _) => AddressSyntax.Listen(text))
        {
            Examples = ":8080, 127.0.0.1:8080, [::1]:8080, unix:/run/weir.sock",
        },
        [typeof(OriginUrl)] = new("a URL", (text, _) => OriginSyntax.Url(text)) { Examples = "http://10.0.0.11:8080" },
        [typeof(DnsName)] = new("HOST:PORT", (text, _) => OriginSyntax.Dns(text)) { Examples = "app.internal:8080" },
        [typeof(StatusRange)] = new("a status or a range of them", (text, _) => StatusSyntax.Range(text)) { Examples = "200, 200-399" },
        [typeof(RetryCondition)] = new("connect, reset, timeout or a status", (text, _) => StatusSyntax.Retry(text)),
        [typeof(PathPattern)] = new("a path", PatternSyntax.Path) { Examples = "/exact, /prefix/*, ~ ^/regex" },
        [typeof(ValuePattern)] = new("a value", PatternSyntax.Value),
        [typeof(ExpressionText)] = new("an expression", (text, position) => Parsed.Of(new ExpressionText(text, position)))
        {
            Examples = "request.method == \"GET\", client.ip in \"10.0.0.0/8\"",
        },
    };

    /// <summary>The shape of a scalar type, or null.</summary>
    internal static ScalarShape? Find(Type type) => _shapes.GetValueOrDefault(type);

    /// <summary>A number as YAML writes it, whatever the machine's language.</summary>
    internal static string Format(double number) => number.ToString(CultureInfo.InvariantCulture);
}
