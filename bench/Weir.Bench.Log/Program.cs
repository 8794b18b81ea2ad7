// Prints what one access log line costs the loop: formatting alone, and with the hand-over of blocks to the writer's thread.
// Usage: Weir.Bench.Log [seconds for each case]
using System.Diagnostics;
using System.Globalization;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Bench.Log;
using Weir.Pipeline.AccessLogging;
using Weir.Telemetry.AccessLogs;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 1.0;
BenchLoop loop = new();
Exchange exchange = Proxied(loop);
(string Name, string Format)[] cases =
[
    ("json", "json"),
    ("combined", "combined"),
    ("template", "{time} {client} {method} {path} {status} {response_bytes} {duration_ms} {server}"),
];

Console.WriteLine($"{"case",-24}{"octets",8}{"best ns",10}{"median ns",11}{"bytes allocated",17}");
foreach ((string name, string text) in cases)
{
    AccessFormat format = AccessFormat.TryParse(text, out _) ?? throw new InvalidOperationException($"{text} is no format.");
    byte[] line = new byte[AccessFormat.MaxLineOctets];
    int octets = format.Write(exchange, line);
    Measure(name, octets, () => format.Write(exchange, line), () => { });

    // Enough blocks for a batch; between batches the writer catches up, which is not measured: it is another thread's time.
    CounterSet counters = new(loops: 1);
    NullTarget target = new();
    AccessLogWriter writer = AccessLogWriter.Start(target, counters, WeirLog.Silent, blocksPerLoop: 256);
    LoopAccessLog log = new(writer.BufferOf(0), format.ForLoop());
    Measure(name + " + hand-over", octets, () => log.Write(exchange), () =>
    {
        log.Flush();
        SpinWait.SpinUntil(() => target.Octets == counters.Total(Counter.AccessLogLines) * octets);
    });
    bool isStopped = await writer.FlushAndStopAsync(TimeSpan.FromSeconds(5));
    long dropped = counters.Total(Counter.AccessLogLinesDropped);
    Console.WriteLine($"  lines {counters.Total(Counter.AccessLogLines):N0}, dropped {dropped:N0}, stopped {isStopped}");
}

void Measure(string name, int octets, Action once, Action settle)
{
    const int Batch = 20_000;
    List<double> rounds = [];
    long allocated = 0;
    long start = Stopwatch.GetTimestamp();
    while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds * 1.5)
    {
        bool isWarm = Stopwatch.GetElapsedTime(start).TotalSeconds > seconds * 0.5;
        long before = GC.GetAllocatedBytesForCurrentThread();
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < Batch; i++)
        {
            // A millisecond passes each 32 lines, as it does under load.
            if ((i & 31) == 0)
            {
                loop.Now++;
            }

            once();
        }

        double ns = Stopwatch.GetElapsedTime(began).TotalNanoseconds / Batch;
        if (isWarm)
        {
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            rounds.Add(ns);
        }

        settle();
    }

    rounds.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{name,-24}{octets,8}{rounds[0],10:F0}{rounds[rounds.Count / 2],11:F0}{allocated,17}"));
}

static Exchange Proxied(BenchLoop loop)
{
    Exchange exchange = new();
    exchange.Begin(new ConnectionInfo(1, IpAddress.FromIPv4(0xC0000207), 40000,
        IpAddress.FromIPv4(0xC0000201), 8080, false, ":8080"), null!, loop);
    exchange.SetRequestId("0123456789abcdef0123456789abcdef"u8);
    RequestHead request = exchange.Request;
    request.SetMethod(request.Fields.Store("GET"u8));
    request.SetTarget(request.Fields.Store("/static/file-100.bin"u8));
    request.Version = HttpVersion.Http11;
    ByteSlice host = request.Fields.Store("shop.example.com"u8);
    request.SetAuthority(host, host, 0);
    request.Fields.Add(KnownField.UserAgent, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"u8);
    exchange.Response.Status = 200;
    exchange.SentBodyOctets = 100;
    exchange.SiteName = "shop.example.com";
    exchange.RouteName = "/*";
    exchange.UpstreamName = "app";
    exchange.ServerName = "10.0.0.11:8080";
    exchange.IsOriginReused = true;
    exchange.Phase = Phase.Done;
    exchange.Timings.StartedNs = 5_000_000_000;
    exchange.Timings.HeadNs = 5_000_010_000;
    exchange.Timings.PickedNs = 5_000_015_000;
    exchange.Timings.ConnectedNs = 5_000_016_000;
    exchange.Timings.SentNs = 5_000_030_000;
    exchange.Timings.ResponseNs = 5_000_300_000;
    exchange.Timings.EndedNs = 5_000_312_400;
    return exchange;
}
