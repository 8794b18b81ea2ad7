using System.Diagnostics;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Bench;
using Weir.Bench.Modules;
using Weir.Bench.Modules.Stacks;
using Weir.Modules.Access;
using Weir.Modules.RateLimit;

// Prints nanoseconds for one decision with ten and with a million addresses, measured in turns: medians, and the difference with its
// 95 % interval. "known": a thousand clients that come again and again; "strangers": a million different ones in no order, each of which
// costs what the machine's memory costs. The last column is what it means for a whole request.
// "stacks [NAME]": what each module costs a plain request instead.
if (args is ["stacks", ..])
{
    CostTable.Print(args.Length > 1 ? args[1] : "");
    return;
}

const int TurnRounds = 31;
const int Asked = 1 << 18;
const int Many = 1_000_000;
const int Known = 1000;

long octets = 0;
Console.WriteLine(Rounds.Head("access: nanoseconds", "10", "1,000,000"));
foreach ((string clients, int distinct) in new[] { ("known", Known), ("strangers", Many) })
{
    foreach (bool isIPv4 in new[] { true, false })
    {
        ReportAccess($"IPv{(isIPv4 ? 4 : 6)} in the list, {clients}", isIPv4, isHit: true, distinct);
        ReportAccess($"IPv{(isIPv4 ? 4 : 6)} not in the list, {clients}", isIPv4, isHit: false, distinct);
    }
}

Console.WriteLine();
Console.WriteLine(Rounds.Head("rate_limit, live keys: nanoseconds", "10", "1,000,000"));
ReportRate("IPv4, one thread, known", isIPv4: true, threads: 1, Known);
ReportRate("IPv4, one thread, strangers", isIPv4: true, threads: 1, Many);
ReportRate("IPv6, one thread, strangers", isIPv4: false, threads: 1, Many);
ReportRate("IPv4, two threads, strangers", isIPv4: true, threads: 2, Many);
Console.WriteLine();
Console.WriteLine($"octets allocated by {24 * Asked} decisions when all code is compiled: {octets}");

void ReportAccess(string name, bool isIPv4, bool isHit, int distinct)
{
    IRequestModule few = Access(10, isIPv4);
    IRequestModule many = Access(Many, isIPv4);
    IpAddress[] ofFew = Strangers(10, isIPv4, isHit, distinct);
    IpAddress[] ofMany = Strangers(Many, isIPv4, isHit, distinct);
    Console.WriteLine(Rounds.Compare(TurnRounds, () => Measure(few, ofFew, 1), () => Measure(many, ofMany, 1)).Row(name));
    octets += Ask(few, ofFew, 0) + Ask(many, ofMany, 0);
}

void ReportRate(string name, bool isIPv4, int threads, int distinct)
{
    RateLimitOptions options = new() { Rate = new Rate(1000, TimeSpan.FromSeconds(1)), Burst = Many };
    IRequestModule few = BenchBuilder.Make(new RateLimitFactory(), options);
    IRequestModule many = BenchBuilder.Make(new RateLimitFactory(), options);
    IpAddress[] all = Strangers(Many, isIPv4, isHit: true, Many);
    Measure(many, all, 1);
    IpAddress[] ofFew = Strangers(10, isIPv4, isHit: true, distinct);
    IpAddress[] ofMany = distinct == Many ? all : Strangers(Many, isIPv4, isHit: true, distinct);
    Console.WriteLine(Rounds.Compare(TurnRounds, () => Measure(few, ofFew, threads), () => Measure(many, ofMany, threads)).Row(name));
    octets += Ask(few, ofFew, 0) + Ask(many, ofMany, 0);
}

static IRequestModule Access(int count, bool isIPv4)
{
    IpPrefix[] deny = [.. Enumerable.Range(0, count).Select(i => new IpPrefix(Listed(i, isIPv4), 128))];
    return BenchBuilder.Make(new AccessFactory(), new AccessOptions { Deny = deny });
}

// Spread over the whole space by an odd factor: all different, in no order. The lowest bit tells listed addresses from others.
static IpAddress Listed(int i, bool isIPv4) => isIPv4
    ? IpAddress.FromIPv4(((uint)i * 2654435761u) << 1)
    : new IpAddress(0x2001_0db8_0000_0000 | (((ulong)i * 2654435761u) & 0xFFFF_FFFF), (ulong)i << 1);

// Of so many clients, drawn from the list or from beside it.
static IpAddress[] Strangers(int count, bool isIPv4, bool isHit, int distinct)
{
    Random random = new(20261121);
    int step = Math.Max(count / distinct, 1);
    IpAddress[] asked = new IpAddress[Asked];
    for (int i = 0; i < Asked; i++)
    {
        IpAddress listed = Listed(random.Next(Math.Min(count, distinct)) * step, isIPv4);
        asked[i] = isHit ? listed : listed with { Low = listed.Low | 1 };
    }

    return asked;
}

double Measure(IRequestModule module, IpAddress[] asked, int threads)
{
    long begin = Stopwatch.GetTimestamp();
    if (threads == 1)
    {
        Ask(module, asked, 0);
    }
    else
    {
        Thread[] all =
        [
            .. Enumerable.Range(0, threads).Select(i => new Thread(() => Ask(module, asked, i * Asked / threads))),
        ];
        Array.ForEach(all, thread => thread.Start());
        Array.ForEach(all, thread => thread.Join());
    }

    return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / asked.Length;
}

// One thread's share of a round: with two threads each asks for every address, so that keys are shared as loops share them.
static long Ask(IRequestModule module, IpAddress[] asked, int from)
{
    BenchLoop loop = new();
    Exchange exchange = new();
    exchange.Begin(new ConnectionInfo(1, asked[0], 1, asked[0], 80, false, ":80"), null!, loop);
    loop.ReadTime();
    long before = GC.GetAllocatedBytesForCurrentThread();
    for (int i = 0; i < asked.Length; i++)
    {
        exchange.ClientAddress = asked[(from + i) & (Asked - 1)];
        exchange.Error = null;
#pragma warning disable CA2012 // Its verdict is of no interest, and it never waits.
        _ = module.OnRequestAsync(exchange);
#pragma warning restore CA2012
    }

    return GC.GetAllocatedBytesForCurrentThread() - before;
}
