using Weir.Abstractions.Errors;
using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

public sealed class NameResolverTests : IDisposable
{
    private const string Host = "app.example.test";

    private readonly ResolverDirectory _directory = new();
    private readonly FakeTime _time = new();
    private readonly Changes<ResolvedName> _changes = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_first_read_is_pending_and_starts_the_lookup_that_later_reads_see()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1", "2001:db8::1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        ResolvedName first = resolver.Get(Host);
        (first.IsPending, first.Error, first.Addresses.Length).ShouldBe((true, null, 0));

        ResolvedName resolved = await resolver.ResolveAsync(Host).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        resolved.ToString().ShouldBe($"{Host}: 2001:db8::1, 192.0.2.1");
        resolved.ExpiresAt.ShouldBe(_time.GetUtcNow() + TimeSpan.FromSeconds(60));
        resolver.Get(Host).ShouldBeSameAs(resolved);
        resolver.Get(Host.ToUpperInvariant()).ShouldBeSameAs(resolved);
        resolver.ResolveAsync(Host).IsCompletedSuccessfully.ShouldBeTrue();
        resolver.ListNames().ShouldBe([resolved]);
        server.Queries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Many_that_ask_at_once_share_one_lookup()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        ResolvedName[] all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => resolver.ResolveAsync(Host).AsTask())));
        all.ShouldAllBe(name => ReferenceEquals(name, all[0]));
        server.Queries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Reading_a_watched_name_allocates_nothing()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host);
        ResolvedName resolved = await watch.ResolveAsync();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            ReferenceEquals(watch.Current, resolved).ShouldBeTrue();
            ReferenceEquals(resolver.Get(Host), resolved).ShouldBeTrue();
        }

        // ShouldBeTrue itself allocates nothing when it holds.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public async Task A_watched_name_is_refreshed_by_its_ttl_with_jitter_and_its_watcher_hears_of_changes()
    {
        string address = "192.0.2.1";
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => Answer(q, address));
        using NameResolver resolver = new(_directory.Options(server), _time);
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host, _changes.Add);
        (await _changes.NextAsync()).Addresses.ShouldHaveSingleItem().ToString().ShouldBe("192.0.2.1");

        // The jitter of these tests is at its lower end: 54 of 60 seconds.
        address = "192.0.2.2";
        await AdvanceAsync(watch, TimeSpan.FromSeconds(53.9));
        server.Queries.Count.ShouldBe(2);
        await AdvanceAsync(watch, TimeSpan.FromSeconds(0.2));
        (await _changes.NextAsync()).Addresses.ShouldHaveSingleItem().ToString().ShouldBe("192.0.2.2");
        watch.Current.Addresses.ShouldHaveSingleItem().ToString().ShouldBe("192.0.2.2");

        // And on and on.
        address = "192.0.2.3";
        await AdvanceAsync(watch, TimeSpan.FromSeconds(54));
        (await _changes.NextAsync()).Addresses.ShouldHaveSingleItem().ToString().ShouldBe("192.0.2.3");
    }

    [Fact]
    public async Task Jitter_never_exceeds_the_ttl()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1");
        using NameResolver resolver = new(_directory.Options(server) with { NextJitter = static () => 1 }, _time);
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host, _changes.Add);
        await _changes.NextAsync();
        server.Script = q => Answer(q, "192.0.2.2");
        await AdvanceAsync(watch, TimeSpan.FromSeconds(60));
        (await _changes.NextAsync()).Addresses.ShouldHaveSingleItem().ToString().ShouldBe("192.0.2.2");
    }

    [Fact]
    public async Task An_answer_in_another_order_is_no_change()
    {
        string[] addresses = ["192.0.2.1", "192.0.2.2"];
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => Answer(q, addresses));
        using NameResolver resolver = new(_directory.Options(server), _time);
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host, _changes.Add);
        await _changes.NextAsync();

        addresses = ["192.0.2.2", "192.0.2.1"];
        await AdvanceAsync(watch, TimeSpan.FromSeconds(54));
        await RefreshedAsync(() => watch.Current.Addresses[0].ToString() == "192.0.2.2");
        addresses = ["192.0.2.3"];
        await AdvanceAsync(watch, TimeSpan.FromSeconds(54));
        (await _changes.NextAsync()).Addresses.ShouldHaveSingleItem().ToString().ShouldBe("192.0.2.3");
        _changes.Unread.ShouldBe(0);
    }

    [Fact]
    public async Task A_watcher_may_ask_for_more_frequent_refreshes()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host, _changes.Add, refresh: TimeSpan.FromSeconds(10));
        await _changes.NextAsync();
        server.Script = q => Answer(q, "192.0.2.2");
        await AdvanceAsync(watch, TimeSpan.FromSeconds(9));
        (await _changes.NextAsync()).Addresses.ShouldHaveSingleItem().ToString().ShouldBe("192.0.2.2");
    }

    [Fact]
    public async Task A_name_that_nobody_watches_any_more_is_not_refreshed_and_leaves_the_table()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        ResolutionWatch<ResolvedName> first = resolver.Watch(Host, _changes.Add);
        ResolutionWatch<ResolvedName> second = resolver.Watch(Host);
        await _changes.NextAsync();
        first.Dispose();
        await AdvanceAsync(second, TimeSpan.FromSeconds(54));
        await RefreshedAsync(() => second.Current.TakenAt > 0);

        second.Dispose();
        second.Dispose();
        _time.Advance(TimeSpan.FromSeconds(55));
        resolver.ListNames().Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(70));
        resolver.ListNames().ShouldBeEmpty();
        server.Queries.Count.ShouldBe(4);
        _changes.Unread.ShouldBe(0);
    }

    [Fact]
    public async Task An_unwatched_name_is_looked_up_again_when_it_is_wanted_after_its_ttl()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        await resolver.ResolveAsync(Host);
        _time.Advance(TimeSpan.FromSeconds(59));
        resolver.ResolveAsync(Host).IsCompleted.ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));
        server.Script = q => Answer(q, "192.0.2.2");
        (await resolver.ResolveAsync(Host)).Addresses.ShouldHaveSingleItem().ToString().ShouldBe("192.0.2.2");
        server.Queries.Count.ShouldBe(4);
    }

    [Fact]
    public async Task When_dns_fails_the_last_good_addresses_stay_with_the_error_and_are_counted()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1", "2001:db8::1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host, _changes.Add);
        ResolvedName good = await _changes.NextAsync();

        server.Script = q => AnswerWriter.To(q, 2).ToArray();
        await AdvanceAsync(watch, TimeSpan.FromSeconds(54));
        ResolvedName kept = await _changes.NextAsync();
        kept.Addresses.ShouldBe(good.Addresses);
        (kept.Error, kept.Failures).ShouldBe((ProxyErrors.DnsError, 1));
        kept.ErrorText.ShouldContain("ServerFailure");
        resolver.Counters.KeptAddresses.ShouldBe(1);
        resolver.Counters.Failures.ShouldBe(1);

        // However long the failures go on, the addresses stay, and watchers are not told again.
        for (int i = 0; i < 20; i++)
        {
            int failures = watch.Current.Failures;
            await AdvanceAsync(watch, watch.Current.Ttl * 0.9);
            await RefreshedAsync(() => watch.Current.Failures > failures);
        }

        watch.Current.Addresses.ShouldBe(good.Addresses);
        _changes.Unread.ShouldBe(0);

        // Recovery is a change too: the error goes.
        server.Script = q => Answer(q, "192.0.2.1", "2001:db8::1");
        await AdvanceAsync(watch, TimeSpan.FromSeconds(30));
        ResolvedName recovered = await _changes.NextAsync();
        (recovered.Error, recovered.Failures, recovered.ErrorText).ShouldBe((null, 0, ""));
    }

    [Fact]
    public async Task A_name_that_never_resolved_is_empty_with_its_error_and_is_retried_with_back_off()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => AnswerWriter.To(q, 2).ToArray());
        using NameResolver resolver = new(_directory.Options(server), _time);
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host, _changes.Add);
        ResolvedName failed = await _changes.NextAsync();
        (failed.Addresses.IsEmpty, failed.Error, failed.IsPending).ShouldBe((true, ProxyErrors.DnsError, false));

        int[] expectedSeconds = [1, 2, 4, 8, 16, 30, 30];
        for (int i = 0; i < expectedSeconds.Length; i++)
        {
            ResolvedName current = watch.Current;
            (current.Failures, current.Ttl.TotalSeconds).ShouldBe((i + 1, expectedSeconds[i]));
            await AdvanceAsync(watch, current.Ttl * 0.9);
            await RefreshedAsync(() => watch.Current.Failures == i + 2);
        }

        // Asking again in between does not ask the servers again.
        int queries = server.Queries.Count;
        resolver.ResolveAsync(Host).IsCompleted.ShouldBeTrue();
        server.Queries.Count.ShouldBe(queries);

        server.Script = q => Answer(q, "192.0.2.1");
        await AdvanceAsync(watch, TimeSpan.FromSeconds(30));
        (await _changes.NextAsync()).Addresses.ShouldHaveSingleItem().ToString().ShouldBe("192.0.2.1");
    }

    [Fact]
    public async Task Silence_of_all_servers_is_a_timeout()
    {
        _directory.Write(_directory.ResolvConf, "options timeout:1 attempts:1\n");
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(static _ => null);
        using NameResolver resolver = new(_directory.Options(server), _time);
        Task<ResolvedName> resolving = resolver.ResolveAsync(Host).AsTask();
        await server.NextAsync();
        await server.NextAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        ResolvedName name = await resolving;
        (name.Addresses.IsEmpty, name.Error).ShouldBe((true, ProxyErrors.DnsTimeout));
        name.ErrorText.ShouldContain("did not answer within 1 s");
    }

    [Fact]
    public async Task A_lookup_ends_at_its_deadline_however_many_servers_are_left()
    {
        _directory.Write(_directory.ResolvConf, "options timeout:30 attempts:5\n");
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(static _ => null);
        using NameResolver resolver = new(_directory.Options(server) with { LookupTimeout = TimeSpan.FromSeconds(3) }, _time);
        Task<ResolvedName> resolving = resolver.ResolveAsync(Host).AsTask();
        await server.NextAsync();
        await server.NextAsync();
        _time.Advance(TimeSpan.FromSeconds(3));
        ResolvedName name = await resolving;
        name.Error.ShouldBe(ProxyErrors.DnsTimeout);
        name.ErrorText.ShouldContain("longer than 3 s");
    }

    [Fact]
    public async Task A_denied_name_keeps_its_addresses_for_the_hold_and_then_loses_them()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1");
        using NameResolver resolver = new(_directory.Options(server) with { DenialHold = TimeSpan.FromSeconds(30) }, _time);
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host, _changes.Add);
        await _changes.NextAsync();

        server.Script = q => AnswerWriter.To(q, 3).Zone("test", 5, 5).ToArray();
        await AdvanceAsync(watch, TimeSpan.FromSeconds(54));
        ResolvedName held = await _changes.NextAsync();
        (held.Addresses.Length, held.Error).ShouldBe((1, ProxyErrors.DnsError));

        // Asked at least every five seconds of a hold of thirty.
        int rounds = 0;
        for (; _changes.Unread == 0 && rounds < 40; rounds++)
        {
            int failures = watch.Current.Failures;
            await AdvanceAsync(watch, watch.Current.Ttl);
            await RefreshedAsync(() => watch.Current.Failures > failures);
        }

        ResolvedName gone = await _changes.NextAsync();
        (gone.Addresses.IsEmpty, gone.Error).ShouldBe((true, ProxyErrors.DnsError));
        (gone.TakenAt - held.TakenAt).ShouldBeInRange(TimeSpan.FromSeconds(30).Ticks, TimeSpan.FromSeconds(36).Ticks);
        gone.Ttl.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_denied_name_keeps_its_addresses_for_good_unless_told_otherwise()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host, _changes.Add);
        await _changes.NextAsync();

        server.Script = q => AnswerWriter.To(q, 3).Zone("test", 5, 5).ToArray();
        await AdvanceAsync(watch, TimeSpan.FromSeconds(54));
        (await _changes.NextAsync()).Error.ShouldBe(ProxyErrors.DnsError);
        for (int rounds = 0; rounds < 40; rounds++)
        {
            int failures = watch.Current.Failures;
            await AdvanceAsync(watch, watch.Current.Ttl);
            await RefreshedAsync(() => watch.Current.Failures > failures);
        }

        (watch.Current.Addresses.Length, watch.Current.Error).ShouldBe((1, ProxyErrors.DnsError));
        resolver.Counters.KeptAddresses.ShouldBeGreaterThan(40);
        _changes.Unread.ShouldBe(0);
    }

    [Fact]
    public async Task A_family_whose_servers_fail_keeps_its_addresses_beside_the_fresh_ones()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1", "2001:db8::1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host, _changes.Add);
        await _changes.NextAsync();

        server.Script = q => q.Type == 28 ? AnswerWriter.To(q, 2).ToArray() : Answer(q, "192.0.2.2");
        await AdvanceAsync(watch, TimeSpan.FromSeconds(54));
        ResolvedName mixed = await _changes.NextAsync();
        mixed.ToString().ShouldBe($"{Host}: 2001:db8::1, 192.0.2.2");
        (mixed.Error, mixed.Failures, mixed.Ttl.TotalSeconds).ShouldBe((null, 1, 1));
        mixed.ErrorText.ShouldContain("ServerFailure");

        // A family that is denied beside a found one is gone.
        server.Script = q => Answer(q, "192.0.2.2");
        await AdvanceAsync(watch, TimeSpan.FromSeconds(1));
        (await _changes.NextAsync()).ToString().ShouldBe($"{Host}: 192.0.2.2");
    }

    [Fact]
    public async Task The_hosts_file_wins_over_the_dns_and_is_read_again_when_it_changes()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1");
        _directory.Write(_directory.Hosts, $"203.0.113.1 {Host}\n");
        using NameResolver resolver = new(_directory.Options(server), _time);
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host, _changes.Add);
        (await _changes.NextAsync()).ToString().ShouldBe($"{Host}: 203.0.113.1");
        server.Queries.ShouldBeEmpty();

        _directory.Write(_directory.Hosts, $"203.0.113.2 {Host}\n");
        await AdvanceAsync(watch, TimeSpan.FromSeconds(5));
        (await _changes.NextAsync()).ToString().ShouldBe($"{Host}: 203.0.113.2");

        _directory.Write(_directory.Hosts, "");
        await AdvanceAsync(watch, TimeSpan.FromSeconds(5));
        (await _changes.NextAsync()).ToString().ShouldBe($"{Host}: 192.0.2.1");
    }

    [Fact]
    public async Task A_changed_resolv_conf_outdates_unwatched_names_too()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(
            q => Answer(q, q.Name == "app.b.test" ? "192.0.2.2" : "192.0.2.1"));
        _directory.Write(_directory.ResolvConf, "search a.test\n");
        using NameResolver resolver = new(_directory.Options(server), _time);
        (await resolver.ResolveAsync("app")).ToString().ShouldBe("app: 192.0.2.1");
        _directory.Write(_directory.ResolvConf, "search b.test\n");
        _time.Advance(TimeSpan.FromSeconds(5));
        (await resolver.ResolveAsync("app")).ToString().ShouldBe("app: 192.0.2.2");
    }

    [Fact]
    public async Task The_search_list_goes_on_after_denials_and_failures_but_not_after_silence()
    {
        _directory.Write(_directory.ResolvConf, "search denied.test failing.test good.test\noptions timeout:1 attempts:1\n");
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => q.Name switch
        {
            "app.denied.test" => AnswerWriter.To(q, 3).ToArray(),
            "app.failing.test" => AnswerWriter.To(q, 2).ToArray(),
            "app.good.test" => Answer(q, "192.0.2.1"),
            "silent.denied.test" => null,
            _ => AnswerWriter.To(q, 3).ToArray(),
        });
        using NameResolver resolver = new(_directory.Options(server), _time);
        (await resolver.ResolveAsync("app")).ToString().ShouldBe("app: 192.0.2.1");
        (await resolver.ResolveAsync("app.")).Error.ShouldBe(ProxyErrors.DnsError);

        int before = server.Queries.Count;
        Task<ResolvedName> silent = resolver.ResolveAsync("silent").AsTask();
        await RefreshedAsync(() => server.Queries.Count == before + 2);
        _time.Advance(TimeSpan.FromSeconds(1));
        (await silent).Error.ShouldBe(ProxyErrors.DnsTimeout);
        server.Queries.Count.ShouldBe(before + 2);
    }

    [Fact]
    public async Task A_failure_in_the_search_list_is_not_taken_for_a_denial()
    {
        _directory.Write(_directory.ResolvConf, "search failing.test\n");
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(
            q => AnswerWriter.To(q, q.Name == "app.failing.test" ? 2 : 3).ToArray());
        using NameResolver resolver = new(_directory.Options(server), _time);
        (await resolver.ResolveAsync("app")).ErrorText.ShouldContain("ServerFailure");
        resolver.Counters.Failures.ShouldBe(1);
        resolver.Counters.Denials.ShouldBe(0);
    }

    [Fact]
    public async Task IPv6_is_not_asked_for_when_resolv_conf_says_so()
    {
        _directory.Write(_directory.ResolvConf, "options no-aaaa\n");
        await using ScriptedDnsServer server = Server("192.0.2.1", "2001:db8::1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        (await resolver.ResolveAsync(Host)).ToString().ShouldBe($"{Host}: 192.0.2.1");
        server.Queries.ShouldHaveSingleItem().Type.ShouldBe((ushort)1);
    }

    [Fact]
    public async Task An_answer_of_unspecified_addresses_is_a_denial()
    {
        await using ScriptedDnsServer server = Server("0.0.0.0", "::");
        using NameResolver resolver = new(_directory.Options(server), _time);
        ResolvedName name = await resolver.ResolveAsync(Host);
        (name.Addresses.IsEmpty, name.Error).ShouldBe((true, ProxyErrors.DnsError));
        name.ErrorText.ShouldContain("unspecified");
    }

    [Fact]
    public async Task A_watcher_that_throws_harms_nobody()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        using ResolutionWatch<ResolvedName> bad = resolver.Watch(Host, static _ => throw new InvalidOperationException("by design"));
        using ResolutionWatch<ResolvedName> good = resolver.Watch(Host, _changes.Add);
        await _changes.NextAsync();
        server.Script = q => Answer(q, "192.0.2.2");
        await AdvanceAsync(good, TimeSpan.FromSeconds(54));
        (await _changes.NextAsync()).ToString().ShouldBe($"{Host}: 192.0.2.2");
        resolver.Counters.CallbackFailures.ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task A_disposed_watch_is_told_nothing()
    {
        await using ScriptedDnsServer server = Server("192.0.2.1");
        using NameResolver resolver = new(_directory.Options(server), _time);
        Changes<ResolvedName> dropped = new();
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(Host, _changes.Add);
        await _changes.NextAsync();
        resolver.Watch(Host, dropped.Add).Dispose();
        server.Script = q => Answer(q, "192.0.2.2");
        await AdvanceAsync(watch, TimeSpan.FromSeconds(54));
        await _changes.NextAsync();
        dropped.Unread.ShouldBe(0);
    }

    [Fact]
    public async Task Stopping_the_resolver_releases_whoever_waits()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(static _ => null);
        NameResolver resolver = new(_directory.Options(server), _time);
        Task<ResolvedName> waiting = resolver.ResolveAsync(Host).AsTask();
        await server.NextAsync();
        resolver.Dispose();
        ResolvedName name = await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        name.Addresses.ShouldBeEmpty();
        name.Error.ShouldNotBeNull();
        Should.Throw<ObjectDisposedException>(() => resolver.Watch(Host));
    }

    private static byte[] Answer(DnsTestQuery query, params string[] addresses)
    {
        AnswerWriter writer = AnswerWriter.To(query);
        foreach (string address in addresses.Where(a => a.Contains(':') == (query.Type == 28)))
        {
            writer.Address(query.Name, address);
        }

        return writer.ToArray();
    }

    private static ScriptedDnsServer Server(params string[] addresses) => ScriptedDnsServer.Start(q => Answer(q, addresses));

    // Moves the clock once the running lookup has ended and the next one is timed.
    private async Task AdvanceAsync(ResolutionWatch<ResolvedName> watch, TimeSpan by)
    {
        await RefreshedAsync(() => !watch.IsRefreshing);
        _time.Advance(by);
    }

    // The lookup runs on other threads in real time, only its timers are fake: yield to it until it is done.
    private static async Task RefreshedAsync(Func<bool> isDone)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(20));
        while (!isDone())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
