using System.Diagnostics;
using System.Globalization;
using Weir.Bench.Balancing;
using Weir.Pipeline.Balancing;

// Prints where a million picks of each policy go beside where they should go, what a change of the servers moves, and what a pick costs.
const int Picks = 1_000_000;
const int InFlight = 200;
const int Rounds = 15;
const int PicksPerRound = 100_000;

int[] weights = [1, 1, 2, 4];
(string Name, Func<IBalancer> Make)[] policies =
[
    ("p2c", () => new PowerOfTwoBalancer()),
    ("round_robin", () => new RoundRobinBalancer()),
    ("least_requests", () => new LeastRequestsBalancer()),
    ("random", () => new RandomBalancer()),
    ("latency", () => new LatencyBalancer()),
    ("hash", () => new HashBalancer("uri")),
];

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.WriteLine($"Requests per server over {Picks:N0} picks; weights {string.Join(", ", weights)}");
Console.WriteLine();
Console.WriteLine($"| policy | load | {string.Join(" | ", weights.Select(weight => $"weight {weight}"))} | furthest off |");
Console.WriteLine($"| --- | --- | {string.Join(" | ", weights.Select(_ => "---:"))} | ---: |");
Console.WriteLine($"| expected | | {string.Join(" | ", weights.Select(weight => $"{(double)Picks * weight / weights.Sum():N0}"))} | |");
foreach ((string name, Func<IBalancer> make) in policies)
{
    Distribute(name, make(), inFlight: 0);
    Distribute(name, make(), InFlight);
}

Console.WriteLine();
Console.WriteLine($"Keys that change their server when one joins or leaves, of {Picks:N0}");
Console.WriteLine();
Console.WriteLine("| servers | change | moved | ideal | moved between others |");
Console.WriteLine("| ---: | --- | ---: | ---: | ---: |");
foreach (int count in new[] { 3, 10, 100 })
{
    Move(count, joins: true);
    Move(count, joins: false);
}

Console.WriteLine();
Console.WriteLine("Nanoseconds for a pick, the best of several rounds; bytes allocated by it");
Console.WriteLine();
Console.WriteLine("| policy | 3 servers | 10 | 100 | 100, first of its millisecond | bytes |");
Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
foreach ((string name, Func<IBalancer> make) in policies)
{
    long bytes = 0;
    double[] costs =
    [
        Measure(make(), 3, msPerPick: 0, ref bytes), Measure(make(), 10, msPerPick: 0, ref bytes),
        Measure(make(), 100, msPerPick: 0, ref bytes), Measure(make(), 100, msPerPick: 1, ref bytes),
    ];
    Console.WriteLine(
        $"| {name} | {string.Join(" | ", costs.Select(cost => cost.ToString("0.0", CultureInfo.InvariantCulture)))} | {bytes} |");
}

Console.WriteLine();
Console.WriteLine("Milliseconds for working out the owners of all keys, off the requests' way");
Console.WriteLine();
Console.WriteLine("| servers | equal weights | different weights |");
Console.WriteLine("| ---: | ---: | ---: |");
foreach (int count in new[] { 3, 10, 100 })
{
    Console.WriteLine($"| {count} | {Prepare(count, 0):0.0} | {Prepare(count, 1):0.0} |");
}

void Distribute(string name, IBalancer balancer, int inFlight)
{
    using Bed bed = new(balancer, weights);
    Dictionary<ServerState, int> counts = bed.Upstream.Servers.ToDictionary(server => server, _ => 0);
    for (int i = 0; i < Picks; i++)
    {
        bed.SetKey(i);
        ServerState server = bed.Pick();
        counts[server]++;
        if (inFlight > 0)
        {
            bed.Occupy(server, inFlight);
        }
    }

    double furthest = counts.Max(pair => Math.Abs((pair.Value / ((double)Picks * pair.Key.Weight / weights.Sum())) - 1));
    string load = inFlight > 0 ? $"{inFlight} in flight" : "none";
    Console.WriteLine($"| {name} | {load} | {string.Join(" | ", counts.Values.Select(count => count.ToString("N0", CultureInfo.InvariantCulture)))} | {furthest:P2} |");
}

static void Move(int servers, bool joins)
{
    using Bed bed = new(new HashBalancer("uri"), Enumerable.Repeat(1, servers));
    ServerState[] before = Owners(bed);
    ServerState changed = joins ? bed.Make("10.9.9.9:80", 1) : bed.Upstream.Servers[servers / 2];
    bed.Upstream.ReplaceServers(joins ? [.. bed.Upstream.Servers, changed] : [.. bed.Upstream.Servers.Where(server => server != changed)]);
    ServerState[] after = Owners(bed);
    int moved = 0;
    int others = 0;
    for (int i = 0; i < Picks; i++)
    {
        if (before[i] != after[i])
        {
            moved++;
            others += (joins ? after[i] : before[i]) == changed ? 0 : 1;
        }
    }

    double ideal = 1.0 / (joins ? servers + 1 : servers);
    Console.WriteLine($"| {servers} | one {(joins ? "joins" : "leaves")} | {(double)moved / Picks:P2} | {ideal:P2} | {others} |");
}

static ServerState[] Owners(Bed bed)
{
    ServerState[] owners = new ServerState[Picks];
    for (int i = 0; i < Picks; i++)
    {
        bed.SetKey(i);
        owners[i] = bed.Pick();
    }

    return owners;
}

static double Prepare(int servers, int step)
{
    HashBalancer balancer = new("uri");
    using Bed bed = new(balancer, Enumerable.Range(0, servers).Select(i => 1 + (i * step)));
    double best = double.MaxValue;
    for (int round = 0; round < Rounds; round++)
    {
        long start = Stopwatch.GetTimestamp();
        best = balancer.Prepare(bed.Upstream.Servers) is null ? 0 : Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    return best;
}

static double Measure(IBalancer balancer, int servers, int msPerPick, ref long bytes)
{
    using Bed bed = new(balancer, Enumerable.Repeat(1, servers));
    foreach (ServerState server in bed.Upstream.Servers)
    {
        server.TallyOf(0).OnAnswer(bed.Loop.NowNs, 1_000_000);
    }

    double best = double.MaxValue;
    long least = long.MaxValue;
    for (int round = 0; round < Rounds; round++)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        int used = 0;
        for (int i = 0; i < PicksPerRound; i++)
        {
            bed.Loop.Now += msPerPick;
            used += bed.Pick().Weight;
        }

        best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / used);
        least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    bytes = Math.Max(bytes, least);
    return best;
}
