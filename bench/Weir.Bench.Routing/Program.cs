using System.Diagnostics;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Bench;
using Weir.Bench.Routing;
using Weir.Pipeline.Routing;

// Prints nanoseconds for one lookup among ten and among ten thousand, measured in turns: medians, and the difference with its 95 %
// interval. "all": another one with every lookup, so that the machine's memory is part of the cost. The last column is what it means for a
// whole request.
const int TurnRounds = 41;
const int Lookups = 100_000;

Console.WriteLine(Rounds.Head("lookup: nanoseconds", "10", "10,000"));
Report("site: exact, one host", n => SiteLookup(n, sameHost: true, "site{0}.example.com"));
Report("site: exact, all hosts", n => SiteLookup(n, sameHost: false, "site{0}.example.com"));
Report("site: wildcard, one host", n => SiteLookup(n, sameHost: true, "a.b.wild{0}.example.net"));
Report("site: default", n => SiteLookup(n, sameHost: true, "else{0}.where.org"));
Report("route: exact, one path", n => RouteLookup(n, samePath: true, "/shop/item{0}"));
Report("route: exact, all paths", n => RouteLookup(n, samePath: false, "/shop/item{0}"));
Report("route: prefix, one path", n => RouteLookup(n, samePath: true, "/api/v{0}/users/42"));
Report("route: prefix, all paths", n => RouteLookup(n, samePath: false, "/api/v{0}/users/42"));
Report("route: prefix without case", n => RouteLookup(n, samePath: true, "/FOLD/v{0}/users/42"));
Report("route: none of them", n => RouteLookup(n, samePath: true, "/static/css/site{0}.css"));
Report("route: ambiguous octets", n => RouteLookup(n, samePath: true, "/api/v{0}/a%2Fb;c"));
Report("route: the only one", _ => OnlyRoute());

static void Report(string name, Func<int, Func<int>> prepare)
{
    Func<int> few = prepare(10);
    Func<int> many = prepare(10_000);
    Rounds rounds = Rounds.Compare(TurnRounds, () => Measure(few), () => Measure(many));
    long before = GC.GetAllocatedBytesForCurrentThread();
    many();
    long octets = GC.GetAllocatedBytesForCurrentThread() - before;
    Console.WriteLine(rounds.Row(name) + (octets == 0 ? "" : $"   {octets} octets allocated"));
}

static double Measure(Func<int> lookups)
{
    long start = Stopwatch.GetTimestamp();
    int found = lookups();
    return Stopwatch.GetElapsedTime(start).TotalNanoseconds / found;
}

// Both return a function that makes the lookups and says how many there were; what it finds is used, so that none is optimised away.
static Func<int> SiteLookup(int count, bool sameHost, string format)
{
    List<SiteDefinition<string>> sites = [BenchTables.Site("*")];
    for (int i = 0; i < count / 2; i++)
    {
        sites.Add(BenchTables.Site($"site{i}.example.com"));
        sites.Add(BenchTables.Site($"*.wild{i}.example.net"));
    }

    SiteTable<string> table = new(sites);
    byte[][] hosts = [.. Enumerable.Range(0, sameHost ? 1 : count / 2).Select(i => Encoding.ASCII.GetBytes(BenchTables.Format(format, i)))];
    BenchTables.Shuffle(hosts);
    return () =>
    {
        int used = 0;
        for (int i = 0, next = 0; i < Lookups; i++)
        {
            used += table.Find(hosts[next])!.Length;
            next = next + 1 == hosts.Length ? 0 : next + 1;
        }

        return used > 0 ? Lookups : 0;
    };
}

static Func<int> RouteLookup(int count, bool samePath, string format)
{
    List<RouteDefinition<string>> routes = [];
    for (int i = 0; i < count / 2; i++)
    {
        routes.Add(BenchTables.Route($"/shop/item{i}"));
        routes.Add(BenchTables.Route($"/api/v{i}/*"));
    }

    routes.Add(BenchTables.Route("/fold/v0/*", ignoresCase: true));
    routes.Add(new RouteDefinition<string>("rest"));
    RouteTable<string> table = new(routes);
    int paths = samePath ? 1 : Math.Min(count / 2, 256);
    int step = count / 2 / paths;
    Exchange[] exchanges = [.. Enumerable.Range(0, paths).Select(i => BenchTables.Request(BenchTables.Format(format, i * step)))];
    BenchTables.Shuffle(exchanges);
    return () =>
    {
        int used = 0;
        for (int i = 0, next = 0; i < Lookups; i++)
        {
            used += table.Find(exchanges[next]).Index + 1;
            next = next + 1 == exchanges.Length ? 0 : next + 1;
        }

        return used > 0 ? Lookups : 0;
    };
}

static Func<int> OnlyRoute()
{
    RouteTable<string> table = new([new RouteDefinition<string>("only")]);
    Exchange exchange = BenchTables.Request("/api/v1/users/42");
    return () =>
    {
        int used = 0;
        for (int i = 0; i < Lookups; i++)
        {
            used += table.Find(exchange).Index + 1;
        }

        return used;
    };
}
