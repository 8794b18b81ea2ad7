using System.Text.RegularExpressions;
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Tests.Routing;

/// <summary>The table against a loop over all routes that compares strings.</summary>
public sealed class RouteTableReferenceTests
{
    private static readonly string[] _segments = ["", "a", "b", "A", "ab", "api", "Api", "longsegment", "longsegmenu"];
    private static readonly string[] _methods = ["", "", "", "GET", "POST", "GET POST", "PURGE"];
    private static readonly string[] _expressions = ["~ ^/a", "~ b$", "~ ^/api/(.*)$", "~ //"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20261121)]
    public void A_random_table_answers_like_the_obvious_reference(int seed)
    {
        Random random = new(seed);
        Exchange exchange = new();
        for (int round = 0; round < 150; round++)
        {
            Written[] written = [.. Enumerable.Range(0, random.Next(0, round < 140 ? 12 : 300)).Select(_ => RandomRoute(random))];
            RouteTable<string> table = new([.. written.Select(route => Routes.Of(route.Path, route.Methods, route.IgnoresCase))]);
            for (int i = 0; i < 100; i++)
            {
                string method = random.Next(3) switch { 0 => "GET", 1 => "POST", _ => "PURGE" };
                string path = RandomPath(random);
                Requests.Fill(exchange.Request, method, path);
                table.Find(exchange).Index.ShouldBe(
                    Array.FindIndex(written, route => route.Takes(method, path)),
                    $"seed {seed}, {method} {path}, routes {string.Join(' ', written.Select(r => r.Path))}");
            }
        }
    }

    private static Written RandomRoute(Random random)
    {
        string? path = random.Next(12) switch
        {
            0 => random.Next(4) == 0 ? null : "/*",
            1 => _expressions[random.Next(_expressions.Length)],
            < 6 => RandomPath(random),
            _ => RandomPath(random) + "/*",
        };
        return new Written(path, _methods[random.Next(_methods.Length)], random.Next(3) == 0);
    }

    private static string RandomPath(Random random) =>
        "/" + string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => _segments[random.Next(_segments.Length)]));

    private sealed record Written(string? Path, string Methods, bool IgnoresCase)
    {
        public bool Takes(string method, string path) => (Methods.Length == 0 || Methods.Split(' ').Contains(method)) && TakesPath(path);

        private bool TakesPath(string path)
        {
            StringComparison comparison = IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            return Path switch
            {
                null => true,
                ['~', ..] => Regex.IsMatch(path, Path[2..], IgnoresCase ? RegexOptions.IgnoreCase : RegexOptions.None),
                [.., '/', '*'] => path.Equals(Path[..^2], comparison) || path.StartsWith(Path[..^1], comparison),
                _ => path.Equals(Path, comparison),
            };
        }
    }
}
