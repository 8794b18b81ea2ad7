using System.Diagnostics;
using System.Globalization;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Bench.Modules;
using Weir.Modules.Access;
using Weir.Modules.RateLimit;

// Prints nanoseconds for one decision, the best of several rounds: noise only ever adds. Addresses are random, so that caches help as little
// as they do with strangers.
const int Rounds = 9;
const int Asked = 1 << 20;
const int Many = 1_000_000;

Console.WriteLine($"{"access",-34}{"10",10}{"1,000,000",12}{"octets",9}");
ReportAccess("IPv4, in the list", isIPv4: true, isHit: true);
ReportAccess("IPv4, not in the list", isIPv4: true, isHit: false);
ReportAccess("IPv6, in the list", isIPv4: false, isHit: true);
ReportAccess("IPv6, not in the list", isIPv4: false, isHit: false);

Console.WriteLine();
Console.WriteLine($"{"rate_limit, live keys",-34}{"10",10}{"1,000,000",12}{"octets",9}");
ReportRate("IPv4, one thread", isIPv4: true, threads: 1);
ReportRate("IPv6, one thread", isIPv4: false, threads: 1);
ReportRate("IPv4, two threads", isIPv4: true, threads: 2);

static void ReportAccess(string name, bool isIPv4, bool isHit)
{
    (double few, long fewOctets) = Measure(Access(10, isIPv4), Strangers(10, isIPv4, isHit), 1);
    (double many, long manyOctets) = Measure(Access(Many, isIPv4), Strangers(Many, isIPv4, isHit), 1);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34}{few,10:0.0}{many,12:0.0}{fewOctets + manyOctets,9}"));
}

static void ReportRate(string name, bool isIPv4, int threads)
{
    RateLimitOptions options = new() { Rate = new Rate(1000, TimeSpan.FromSeconds(1)), Burst = Many };
    (double few, long fewOctets) = Measure(BenchBuilder.Make(new RateLimitFactory(), options), Strangers(10, isIPv4, isHit: true), threads);
    (double many, long manyOctets) = Measure(BenchBuilder.Make(new RateLimitFactory(), options), Strangers(Many, isIPv4, isHit: true), threads);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34}{few,10:0.0}{many,12:0.0}{fewOctets + manyOctets,9}"));
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

static IpAddress[] Strangers(int count, bool isIPv4, bool isHit)
{
    Random random = new(20261121);
    IpAddress[] asked = new IpAddress[Asked];
    for (int i = 0; i < Asked; i++)
    {
        IpAddress listed = Listed(random.Next(count), isIPv4);
        asked[i] = isHit ? listed : listed with { Low = listed.Low | 1 };
    }

    return asked;
}

static (double Nanoseconds, long Octets) Measure(IRequestModule module, IpAddress[] asked, int threads)
{
    double best = double.MaxValue;
    long least = long.MaxValue;
    for (int round = 0; round < Rounds; round++)
    {
        long octets = 0;
        long begin = Stopwatch.GetTimestamp();
        if (threads == 1)
        {
            octets = Ask(module, asked, 0);
        }
        else
        {
            Thread[] all = [.. Enumerable.Range(0, threads).Select(i => new Thread(() => Interlocked.Add(ref octets, Ask(module, asked, i * Asked / threads))))];
            Array.ForEach(all, thread => thread.Start());
            Array.ForEach(all, thread => thread.Join());
        }

        best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalNanoseconds / asked.Length);
        least = Math.Min(least, octets);
    }

    return (best, least);
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
