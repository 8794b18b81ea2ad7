using System.Net;
using Weir.Hosting;
using Weir.Net.Buffers;
using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstream.Resolving;

namespace Weir.Tests.Hosting;

public sealed class LoopObserverTests
{
    [Fact]
    public async Task What_the_resolver_counts_is_shown_within_a_second()
    {
        // Nobody listens at port 1: the look-up fails at once.
        NameResolverOptions options = new() { Servers = [new IPEndPoint(IPAddress.Loopback, 1)], HostsPath = "/nonexistent" };
        using NameResolver resolver = new(options, TimeProvider.System);
        (await resolver.ResolveAsync("app.example.test")).Error.ShouldNotBeNull();

        CounterSet counters = new(2, new FamilyLabels());
        LoopObserver observer = new(counters, WeirLog.Silent, [null, null], resolver.Counters);
        FakeClock clock = new();
        foreach (int index in (int[])[0, 1])
        {
            using Loop loop = new(index, new BufferBudget(1 << 20), clock, observer, isInMemory: true);
            observer.Start(loop);
            loop.RunUntilIdle();
            clock.Advance(1_100);
            loop.RunUntilIdle();
        }

        counters.Total(Counter.DnsQueries).ShouldBe(resolver.Counters.Queries);
        counters.Total(Counter.DnsQueries).ShouldBeGreaterThan(0);
        counters.Total(Counter.DnsFailures).ShouldBeGreaterThan(0);
    }
}
