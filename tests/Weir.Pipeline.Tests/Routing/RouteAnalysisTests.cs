using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Tests.Routing;

public sealed class RouteAnalysisTests
{
    [Fact]
    public void A_route_behind_one_that_takes_everything_is_unreachable()
    {
        UnreachableRoute found = Analyse(Routes.Of(null), Routes.Of("/a")).ShouldHaveSingleItem();
        found.ShouldBe(new UnreachableRoute(1, 0, "Route 1 takes every request, so route 2 (/a) behind it is never tried."));
    }

    [Fact]
    public void A_route_below_an_earlier_prefix_is_unreachable()
    {
        IReadOnlyList<UnreachableRoute> found = Analyse(
            Routes.Of("/api/*"), Routes.Of("/api"), Routes.Of("/api/v1/*"), Routes.Of("/apix"), Routes.Of("/api/v1"));
        found.Select(route => (route.Route, route.CoveredBy)).ShouldBe([(1, 0), (2, 0), (4, 0)]);
        found[1].Reason.ShouldBe("Route 1 (/api/*) takes every request that route 3 (/api/v1/*) could match, and it is tried first.");
    }

    [Fact]
    public void Methods_decide_whether_the_same_path_is_covered()
    {
        Analyse(Routes.Of("/a", "GET POST"), Routes.Of("/a", "GET")).ShouldHaveSingleItem().Route.ShouldBe(1);
        Analyse(Routes.Of("/a", "GET"), Routes.Of("/a", "GET POST")).ShouldBeEmpty();
        Analyse(Routes.Of("/a", "GET"), Routes.Of("/a")).ShouldBeEmpty();
    }

    [Fact]
    public void Several_routes_may_cover_the_methods_between_them()
    {
        UnreachableRoute found = Analyse(Routes.Of("/a", "GET"), Routes.Of("/*", "POST"), Routes.Of("/a", "GET POST"))
            .ShouldHaveSingleItem();
        found.ShouldBe(new UnreachableRoute(
            2, 1, "Routes 1 (/a) and 2 (/*) together take every request that route 3 (/a) could match, and they are tried first."));
    }

    [Fact]
    public void A_condition_on_the_earlier_route_leaves_the_later_one_reachable_unless_it_follows()
    {
        RouteDefinition<string> conditional = Routes.Of("/a/*", headers: ("X-A", "*"));
        Analyse(conditional, Routes.Of("/a/b")).ShouldBeEmpty();
        Analyse(conditional, Routes.Of("/a/b", headers: ("X-B", "1"))).ShouldBeEmpty();
        Analyse(conditional, Routes.Of("/a/b", headers: [("X-B", "1"), ("x-a", "1")])).ShouldHaveSingleItem();
    }

    [Fact]
    public void Case_counts()
    {
        Analyse(Routes.Of("/A/*", ignoresCase: true), Routes.Of("/a/B")).ShouldHaveSingleItem();
        Analyse(Routes.Of("/a/*"), Routes.Of("/a/b", ignoresCase: true)).ShouldBeEmpty();
        Analyse(Routes.Of("/a"), Routes.Of("/A")).ShouldBeEmpty();
    }

    [Fact]
    public void A_regular_expression_covers_itself_and_the_exact_paths_it_matches()
    {
        Analyse(Routes.Of("~ ^/a"), Routes.Of("~ ^/a")).ShouldHaveSingleItem();
        Analyse(Routes.Of("~ ^/a"), Routes.Of("/abc")).ShouldHaveSingleItem();
        Analyse(Routes.Of("~ ^/a"), Routes.Of("/b"), Routes.Of("/abc/*"), Routes.Of("~ ^/ab")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_route_said_to_be_unreachable_never_matches(int seed)
    {
        Random random = new(seed);
        string[] paths = ["/*", "/a", "/a/*", "/a/b", "/a/b/*", "/b/*", "~ ^/a", "~ b$", "/A/*"];
        string[] requests = ["/", "/a", "/a/", "/a/b", "/a/b/c", "/b", "/b/a", "/A/b", "/ab"];
        string[] methods = ["", "", "GET", "POST", "GET POST"];
        for (int round = 0; round < 300; round++)
        {
            RouteDefinition<string>[] routes =
            [
                .. Enumerable.Range(0, 6).Select(_ => Routes.Of(
                    paths[random.Next(paths.Length)],
                    methods[random.Next(methods.Length)],
                    random.Next(4) == 0,
                    random.Next(4) == 0 ? [("X-A", "1")] : [])),
            ];
            HashSet<int> unreachable = [.. Analyse(routes).Select(route => route.Route)];
            RouteTable<string> table = new(routes);
            foreach (string path in requests)
            {
                foreach (string method in (string[])["GET", "POST", "PUT"])
                {
                    Exchange exchange = random.Next(2) == 0 ? Requests.Of(method, path) : Requests.Of(method, path, ("X-A", "1"));
                    unreachable.ShouldNotContain(table.Find(exchange).Index, $"seed {seed}, {method} {path}");
                }
            }
        }
    }

    [Fact]
    public void The_one_unreachable_route_of_ten_thousand_is_found()
    {
        RouteDefinition<string>[] routes = [.. Enumerable.Range(0, 10_000).Select(i => Routes.Of($"/p{i}/x/*"))];
        Analyse([.. routes, Routes.Of("/p77/x/y")]).ShouldHaveSingleItem().CoveredBy.ShouldBe(77);
    }

    private static IReadOnlyList<UnreachableRoute> Analyse(params RouteDefinition<string>[] routes) => RouteAnalysis.Unreachable(routes);
}
