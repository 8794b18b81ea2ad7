using System.Globalization;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Routing;

namespace Weir.Bench.Routing;

/// <summary>What the measured tables are made of.</summary>
internal static class BenchTables
{
    public static SiteDefinition<string> Site(string key) =>
        SitePattern.TryParse(key, out SitePattern? pattern, out PatternError? error)
            ? new SiteDefinition<string>(pattern, key)
            : throw new ArgumentException(error.Cause, nameof(key));

    public static RouteDefinition<string> Route(string path, bool ignoresCase = false) =>
        PathPattern.TryParse(path, ignoresCase, out PathPattern? pattern, out PatternError? error)
            ? new RouteDefinition<string>(path) { Path = pattern }
            : throw new ArgumentException(error.Cause, nameof(path));

    public static Exchange Request(string path)
    {
        Exchange exchange = new();
        exchange.Request.SetMethod(exchange.Request.Fields.Store("GET"u8));
        exchange.Request.ReplacePath(Encoding.ASCII.GetBytes(path));
        return exchange;
    }

    public static string Format(string format, int number) => string.Format(CultureInfo.InvariantCulture, format, number);

    public static void Shuffle<T>(T[] values) => new Random(20261121).Shuffle(values);
}
