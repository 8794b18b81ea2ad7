using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Tests.Routing;

public sealed class RouteTableTests
{
    [Theory]
    [InlineData("/api/*", "/api", true)]
    [InlineData("/api/*", "/api/", true)]
    [InlineData("/api/*", "/api/x/y", true)]
    [InlineData("/api/*", "/apix", false)]
    [InlineData("/api/*", "/ap", false)]
    [InlineData("/api/*", "/API/x", false)]
    [InlineData("/api/*", "/x/api/y", false)]
    [InlineData("/api", "/api", true)]
    [InlineData("/api", "/api/", false)]
    [InlineData("/api/", "/api/", true)]
    [InlineData("/api/", "/api", false)]
    [InlineData("/", "/", true)]
    [InlineData("/", "/a", false)]
    [InlineData("/*", "/", true)]
    [InlineData("/*", "/a/b", true)]
    [InlineData("/*", "*", false)]
    [InlineData("/a/b/*", "/a/b/c", true)]
    [InlineData("/a/b/*", "/a", false)]
    [InlineData("/a/", "/a", false)]
    [InlineData("/caf\u00e9/*", "/caf%C3%A9/x", true)]
    [InlineData("~ ^/x[0-9]+$", "/x42", true)]
    [InlineData("~ ^/x[0-9]+$", "/x42/", false)]
    [InlineData("~ /y$", "/x/y", true)]
    [InlineData("~ ^/\u00e9$", "/\u00e9", true)]
    public void A_path_is_taken_as_its_pattern_says(string pattern, string path, bool isTaken)
    {
        RouteMatch<string> match = Routes.Table(pattern).Find(Requests.Of("GET", path));
        match.Route.ShouldBe(isTaken ? pattern : null);
        match.Index.ShouldBe(isTaken ? 0 : -1);
    }

    [Theory]
    [InlineData("/Api/*", "/aPI/x", true)]
    [InlineData("/Api/*", "/api", true)]
    [InlineData("/Api/*", "/apix", false)]
    [InlineData("/Login", "/LOGIN", true)]
    [InlineData("/a[b/*", "/A{B/", false)]
    [InlineData("~ ^/x[a-f]$", "/XE", true)]
    public void Case_is_ignored_where_the_route_says_so(string pattern, string path, bool isTaken)
    {
        RouteTable<string> table = new([Routes.Of(pattern, ignoresCase: true)]);
        table.Find(Requests.Of("GET", path)).Route.ShouldBe(isTaken ? pattern : null);
    }

    [Fact]
    public void The_first_route_that_matches_wins_whatever_its_kind()
    {
        string?[] paths = ["/a/b/c", "/a/*", "~ ^/a/b", "/a/b/*", "/x/y/*", "/x/y/z", "~ ^/q", "/q/*", null, "/never"];
        RouteTable<string> table = Routes.Table(paths);
        Found("/a/b/c").ShouldBe("/a/b/c");
        Found("/a/b/d").ShouldBe("/a/*");
        Found("/x/y/z").ShouldBe("/x/y/*");
        Found("/q/1").ShouldBe("~ ^/q");
        Found("/never").ShouldBe("any");

        string? Found(string path) => table.Find(Requests.Of("GET", path)).Route;
    }

    [Fact]
    public void A_route_takes_only_the_methods_it_names()
    {
        RouteTable<string> table = new([Routes.Of("/a", "POST PURGE"), Routes.Of("/a/*", "GET")]);
        table.Find(Requests.Of("POST", "/a")).Route.ShouldBe("/a");
        table.Find(Requests.Of("PURGE", "/a")).Route.ShouldBe("/a");
        table.Find(Requests.Of("GET", "/a")).Route.ShouldBe("/a/*");
        table.Find(Requests.Of("HEAD", "/a")).Route.ShouldBeNull();
        table.Find(Requests.Of("post", "/a")).Route.ShouldBeNull();
    }

    [Fact]
    public void A_header_condition_asks_for_a_value_a_pattern_or_presence()
    {
        RouteTable<string> table = new(
        [
            Routes.Of("/a", headers: [("X-Version", "2")]),
            Routes.Of("/*", headers: [("x-version", "~ ^3\\.")]),
            Routes.Of("~ .", headers: [("Cookie", "*"), ("X-Version", "*")]),
        ]);
        Found().ShouldBeNull();
        Found(("X-VERSION", "2")).ShouldBe("/a");
        Found(("X-Version", "1"), ("X-Version", "2")).ShouldBe("/a");
        Found(("X-Version", "22")).ShouldBeNull();
        Found(("X-Version", "3.1")).ShouldBe("/*");
        Found(("X-Version", "4")).ShouldBeNull();
        Found(("X-Version", "4"), ("Cookie", "a=b")).ShouldBe("~ .");

        string? Found(params (string Name, string Value)[] fields) => table.Find(Requests.Of("GET", "/a", fields)).Route;
    }

    [Theory]
    [InlineData("/old/*", "/old/a/b", 4)]
    [InlineData("/*", "/a", 0)]
    [InlineData("/exact", "/exact", 6)]
    [InlineData("~ ^/r", "/r/x", 0)]
    public void A_match_says_how_much_of_the_path_the_pattern_names(string pattern, string path, int length) =>
        Routes.Table(pattern).Find(Requests.Of("GET", path)).PrefixLength.ShouldBe(length);

    [Fact]
    public void Groups_of_a_regular_expression_are_places_in_the_path()
    {
        RouteTable<string> table = Routes.Table("/none", "~ ^/u/([0-9]+)(x)?/(.*)$");
        Exchange exchange = Requests.Of("GET", "/u/42/rest/of");
        RouteMatch<string> match = table.Find(exchange);
        match.HasGroups.ShouldBeTrue();
        exchange.RoutePrefixLength = match.PrefixLength;
        table.Capture(match, exchange);
        Encoding.Latin1.GetString(exchange.RouteCapture(1)).ShouldBe("42");
        exchange.RouteCapture(2).IsEmpty.ShouldBeTrue();
        Encoding.Latin1.GetString(exchange.RouteCapture(3)).ShouldBe("rest/of");
        exchange.RouteCapture(4).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Groups_beyond_the_ninth_are_not_kept()
    {
        RouteTable<string> table = Routes.Table("~ ^/(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)$");
        Exchange exchange = Requests.Of("GET", "/abcdefghijk");
        table.Capture(table.Find(exchange), exchange);
        Encoding.Latin1.GetString(exchange.RouteCapture(9)).ShouldBe("i");
        exchange.RouteCapture(10).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void One_route_for_everything_takes_everything()
    {
        RouteTable<string> table = Routes.Table([null]);
        table.Find(Requests.Of("OPTIONS", "*")).Route.ShouldBe("any");
        table.Find(Requests.Of("GET", "/a;b//%2F..%2F..%2F")).ShouldBe(new RouteMatch<string>("any", 0, 0, false, false));
    }

    [Fact]
    public void A_table_without_routes_takes_nothing() => Routes.Table().Find(Requests.Of("GET", "/")).Route.ShouldBeNull();

    [Fact]
    public void Deep_configured_paths_are_found()
    {
        string deep = string.Concat(Enumerable.Repeat("/d", 100));
        RouteTable<string> table = Routes.Table(deep, deep + "/*", "/d/*");
        table.Find(Requests.Of("GET", deep)).Index.ShouldBe(0);
        table.Find(Requests.Of("GET", deep + "/d")).Index.ShouldBe(1);
        table.Find(Requests.Of("GET", deep[..^2])).Index.ShouldBe(2);
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        RouteTable<string> table = new(
        [
            Routes.Of("/exact/path"), Routes.Of("/Fold/*", ignoresCase: true), Routes.Of("/api/*", "POST PURGE"),
            Routes.Of("/api/*", headers: [("X-Version", "2"), ("X-Kind", "~ ^a")]), Routes.Of("~ ^/r/([0-9]+)"), Routes.Of("/api/v1/*"),
        ]);
        Exchange[] exchanges =
        [
            Requests.Of("GET", "/exact/path"), Requests.Of("GET", "/fold/x/y/z"), Requests.Of("PURGE", "/api/x"),
            Requests.Of("GET", "/api/x", ("X-Version", "2"), ("X-Kind", "abc")), Requests.Of("GET", "/r/1234"),
            Requests.Of("GET", "/nothing"),
            Requests.Of("GET", "/api/v1/a;b=c/d%2Fe//f"), Requests.Of("GET", "/" + new string('l', 1000)),
        ];
        Run(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(1000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Run(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                foreach (Exchange exchange in exchanges)
                {
                    table.Find(exchange);
                }
            }
        }
    }
}
