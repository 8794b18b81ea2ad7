using Weir.Abstractions.Modules;
using Weir.Cache.Collapsing;
using Weir.Cache.Keys;
using Weir.Cache.Purging;
using Weir.Cache.Tests.Disk;
using Weir.Cache.Tests.Freshness;
using Weir.Cache.Tests.Stores;

namespace Weir.Cache.Tests.Purging;

public sealed class PurgeDeskTests
{
    [Fact]
    public async Task An_order_is_carried_out_and_told_of_twice()
    {
        using SharedCache cache = new(new CacheSettings("default", 4 << 20, 1 << 20), 1);
        using SemaphoreSlim told = new(0);
        cache.Desk.Observer = _ => told.Release();
        for (int i = 0; i < 300; i++)
        {
            Insert(cache, i, i % 3 == 0 ? "a" : "b");
        }

        PurgeReceipt receipt = await cache.Desk.PurgeAsync([Purge.OfTag("a", isSoft: false)], "somebody", "tag a");
        receipt.IsDone.ShouldBeTrue();
        receipt.Number.ShouldBe(1u);
        Sample.Has(cache.Store, 0).ShouldBeFalse("it is in force once it is answered");
        (await told.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
        (await told.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
        PurgeNote note = cache.Desk.Audit.Notes.ShouldHaveSingleItem();
        note.Who.ShouldBe("somebody");
        note.What.ShouldBe("tag a");
        note.IsCarriedOut.ShouldBeTrue();
        note.Touched.ShouldBe(100);
        cache.Store.Count.ShouldBe(200);
    }

    [Fact]
    public async Task Orders_that_wait_together_are_each_told_their_own_numbers()
    {
        using SharedCache cache = new(new CacheSettings("default", 1 << 20, 1 << 20), 1);
        PurgeReceipt[] receipts = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => cache.Desk.PurgeAsync([Purge.OfTag($"{i}", isSoft: true), Purge.OfHost($"{i}.test", isSoft: true)], "w", $"{i}")));
        receipts.Select(receipt => receipt.Number).Order().ShouldBe(Enumerable.Range(1, 50).Select(i => (ulong)i * 2));
        cache.Desk.Audit.Notes.Count.ShouldBe(50);
        cache.Desk.Audit.Notes.ShouldAllBe(note => note.Last == note.First + 1 && note.IsSoft);
    }

    [Fact]
    public async Task An_order_that_cannot_be_written_is_in_force_told_and_written_later()
    {
        string folder = Directory.CreateTempSubdirectory("weir-desk").FullName;
        FaultyFiles files = new(folder);
        using PurgeList list = PurgeList.Open(files);
        using PurgeDesk desk = new(list) { RetryMs = 5 };
        System.Collections.Concurrent.BlockingCollection<string> told = [];
        desk.LogObserver = problem => told.Add(problem ?? "good");
        (await desk.PurgeAsync([Purge.OfHost("a.test", isSoft: false)], "w", "host a.test")).ShouldBe(new PurgeReceipt(1, null));
        files.WriteFault = FaultyFiles.NoSpace;
        PurgeReceipt receipt = await desk.PurgeAsync([Purge.OfHost("b.test", isSoft: false)], "w", "host b.test");
        receipt.IsDone.ShouldBeTrue();
        receipt.NotOnDisk.ShouldNotBeNull().ShouldContain("No space left");
        desk.Audit.Notes[0].NotOnDisk.ShouldBe(receipt.NotOnDisk);
        list.Judge(new PurgeSubject { Key = "s\nhttps\nb.test\n/"u8 }, 0).Verdict.ShouldBe(PurgeVerdict.Hard);
        desk.PurgeFor([Purge.OfHost("c.test", isSoft: false)]);
        list.Judge(new PurgeSubject { Key = "s\nhttps\nc.test\n/"u8 }, 0).Verdict
            .ShouldBe(PurgeVerdict.Hard, "what a response asks for waits for nothing");
        told.TryTake(out string? problem, 30_000).ShouldBeTrue();
        problem.ShouldContain("No space left");
        files.WriteFault = null;
        while (told.TryTake(out problem, 30_000) && problem != "good")
        {
            // The other file failed before: another text.
        }

        problem.ShouldBe("good");
        list.Unwritten.ShouldBe(0);
        using PurgeList again = PurgeList.Open(folder);
        again.Judge(new PurgeSubject { Key = "s\nhttps\nb.test\n/"u8 }, 0).Verdict.ShouldBe(PurgeVerdict.Hard);
        again.Judge(new PurgeSubject { Key = "s\nhttps\nc.test\n/"u8 }, 0).Verdict.ShouldBe(PurgeVerdict.Hard);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_holds_nobody_up_for_ever()
    {
        string folder = Directory.CreateTempSubdirectory("weir-desk").FullName;
        FaultyFiles files = new(folder);
        using (PurgeList list = PurgeList.Open(files))
        {
            TimerTime time = new();
            using PurgeDesk desk = new(list, time);
            files.HoldWrites();
            Task<PurgeReceipt> purging = desk.PurgeAsync([Purge.OfHost("a.test", isSoft: false)], "w", "host a.test");
            list.Judge(new PurgeSubject { Key = "s\nhttps\na.test\n/"u8 }, 0).Verdict.ShouldBe(PurgeVerdict.Hard, "it is in force at once");
            purging.IsCompleted.ShouldBeFalse();
            time.Fire();
            PurgeReceipt receipt = await purging;
            receipt.IsDone.ShouldBeTrue();
            receipt.NotOnDisk.ShouldBe("The disk does not answer.");
            files.GoOn();
        }

        using PurgeList again = PurgeList.Open(folder);
        again.Last.ShouldBe(1u);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_desk_that_is_closed_refuses()
    {
        SharedCache cache = new(new CacheSettings("default", 1 << 20, 1 << 20), 1);
        PurgeDesk desk = cache.Desk;
        cache.Dispose();
        (await desk.PurgeAsync([Purge.OfAll(isSoft: false)], "w", "all")).Refusal.ShouldNotBeNull().ShouldContain("Ask again");
    }

    [Theory]
    [InlineData("https://A.test/x", "https\na.test\n/x")]
    [InlineData("https://a.test:443/%7Ex/../y?b=1&a=2", "https\na.test\n/%7Ex/../y?b=1&a=2|https\na.test\n/y?b=1&a=2|https\na.test\n/y?a=2|https\na.test\n/%7Ex/../y?a=2")]
    [InlineData("http://a.test:8080", "http\na.test:8080\n/")]
    [InlineData("a.test/x#y", "https\na.test\n/x|http\na.test\n/x")]
    [InlineData("https://a.test?q", "https\na.test\n/?q|https\na.test\n/?q")]
    public void A_url_becomes_the_forms_in_which_it_may_be_stored(string url, string forms)
    {
        List<Purge> purges = [];
        KeyRules[] rules = [new KeyRules { Query = QueryRule.Ignore, Parameters = new NamePatterns(["b"]) }];
        PurgeTargets.TryReadUrl(url, isSoft: false, rules, purges, out string? error).ShouldBeTrue(error);
        purges.Select(purge => purge.Text).Distinct().Order(StringComparer.Ordinal).ShouldBe(
            forms.Split('|').Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/x")]
    [InlineData("ftp://a.test/x")]
    [InlineData("https://a test/x")]
    [InlineData("https://a.test/x y")]
    public void What_is_no_url_is_refused(string url)
    {
        PurgeTargets.TryReadUrl(url, isSoft: false, [], [], out string? error).ShouldBeFalse();
        error.ShouldContain("is no URL");
    }

    [Theory]
    [InlineData("A.test", PurgeKind.Host, "a.test")]
    [InlineData("a.test:8080", PurgeKind.Authority, "a.test:8080")]
    [InlineData("a.test:443", PurgeKind.Authority, "a.test")]
    [InlineData("[::1]", PurgeKind.Host, "[::1]")]
    [InlineData("[::1]:81", PurgeKind.Authority, "[::1]:81")]
    public void A_host_may_have_a_port(string host, PurgeKind kind, string text)
    {
        List<Purge> purges = [];
        PurgeTargets.TryReadHost(host, isSoft: false, purges, out string? error).ShouldBeTrue(error);
        purges.ShouldHaveSingleItem().Kind.ShouldBe(kind);
        purges[0].Text.ShouldBe(text);
    }

    private static void Insert(SharedCache cache, int number, string tags) =>
        cache.Store.Insert(
            Sample.Hash(number),
            Sample.Key(number),
            Sample.Record() with { Number = cache.Purges.Last, Tags = TagFields.Read(Fields.Of($"Cache-Tag: {tags}"), cache.Purges) },
            Sample.Body(number, 600)).ShouldBeTrue();
}
