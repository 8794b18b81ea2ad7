using Weir.Cache.Keys;
using Weir.Cache.Purging;
using Weir.Cache.Stores;
using Weir.Cache.Tests.Freshness;
using Weir.Cache.Tests.Stores;

namespace Weir.Cache.Tests.Purging;

public sealed class PurgeListTests
{
    private const string Scope = "a.test, *.a.test\nroute 3";

    [Theory]
    [InlineData("https", "a.test", "/x?q=1", true)]
    [InlineData("http", "a.test", "/x?q=1", false)]
    [InlineData("https", "a.test:8443", "/x?q=1", false)]
    [InlineData("https", "b.test", "/x?q=1", false)]
    [InlineData("https", "a.test", "/x", false)]
    public void A_url_touches_all_its_variants_and_nothing_else(string scheme, string authority, string target, bool isTouched)
    {
        PurgeList list = new();
        list.Add([Purge.OfUrl("https", "a.test", "/x?q=1", isSoft: false)]).IsDone.ShouldBeTrue();
        Judge(list, $"{Scope}\n{scheme}\n{authority}\n{target}").ShouldBe(isTouched ? PurgeVerdict.Hard : PurgeVerdict.Untouched);
        Judge(list, $"\n{scheme}\n{authority}\n{target}\n\u0001\u0000gzip").ShouldBe(
            isTouched ? PurgeVerdict.Hard : PurgeVerdict.Untouched);
    }

    [Theory]
    [InlineData("s\nhttps\na.test\n/", true, true)]
    [InlineData("s\nhttp\na.test:8080\n/", true, false)]
    [InlineData("s\nhttps\nb.test\n/", false, false)]
    [InlineData("s\nhttps\n[::1]:81\n/", false, false)]
    public void A_host_has_all_its_ports_and_an_authority_one(string key, bool isOfHost, bool isOfAuthority)
    {
        PurgeList host = new();
        host.Add([Purge.OfHost("a.test", isSoft: false)]);
        Judge(host, key).ShouldBe(isOfHost ? PurgeVerdict.Hard : PurgeVerdict.Untouched);
        PurgeList authority = new();
        authority.Add([Purge.OfAuthority("a.test", isSoft: false)]);
        Judge(authority, key).ShouldBe(isOfAuthority ? PurgeVerdict.Hard : PurgeVerdict.Untouched);
    }

    [Fact]
    public void A_host_in_brackets_is_one()
    {
        PurgeList list = new();
        list.Add([Purge.OfHost("[::1]", isSoft: false)]);
        Judge(list, "s\nhttps\n[::1]:81\n/").ShouldBe(PurgeVerdict.Hard);
        Judge(list, "s\nhttps\n[::1]\n/").ShouldBe(PurgeVerdict.Hard);
        Judge(list, "s\nhttps\n[::2]\n/").ShouldBe(PurgeVerdict.Untouched);
    }

    [Theory]
    [InlineData("", "/blog/", "s\nhttp\na.test\n/blog/x", true)]
    [InlineData("", "/blog/", "s\nhttps\na.test\n/blog/x?y", true)]
    [InlineData("https", "/blog/", "s\nhttp\na.test\n/blog/x", false)]
    [InlineData("https", "/blog/", "s\nhttps\na.test\n/blog", false)]
    [InlineData("https", "/blog/", "s\nhttps\nb.test\n/blog/x", false)]
    public void A_prefix_is_that_of_a_url(string scheme, string path, string key, bool isTouched)
    {
        PurgeList list = new();
        list.Add([Purge.OfPrefix(scheme, "a.test", path, isSoft: false)]);
        Judge(list, key).ShouldBe(isTouched ? PurgeVerdict.Hard : PurgeVerdict.Untouched);
    }

    [Fact]
    public void A_tag_touches_what_bears_it_and_a_tag_of_an_origin_only_there()
    {
        PurgeList list = new();
        uint[] tags = [list.TagOf("news"u8), list.TagOf("front"u8)];
        list.Add([Purge.OfOriginTag("https", "a.test", "front", isSoft: false)]);
        Judge(list, "s\nhttps\na.test\n/", tags).ShouldBe(PurgeVerdict.Hard);
        Judge(list, "s\nhttps\nb.test\n/", tags).ShouldBe(PurgeVerdict.Untouched);
        list.Add([Purge.OfTag("news", isSoft: false)]);
        Judge(list, "s\nhttps\nb.test\n/", tags).ShouldBe(PurgeVerdict.Hard);
        Judge(list, "s\nhttps\nb.test\n/").ShouldBe(PurgeVerdict.Untouched);
    }

    [Fact]
    public void What_had_too_many_tags_bears_every_one()
    {
        PurgeList list = new();
        uint[] tags = TagFields.Read(Fields.Of("Surrogate-Key: " + string.Join(' ', Enumerable.Range(0, TagFields.Most + 1))), list)!;
        tags.Length.ShouldBe(TagFields.Most + 1);
        list.Add([Purge.OfTag("other", isSoft: false)]);
        Judge(list, "s\nhttps\na.test\n/", tags).ShouldBe(PurgeVerdict.Hard);
    }

    [Fact]
    public void What_was_fetched_after_a_purge_is_not_touched_by_it()
    {
        PurgeList list = new();
        list.Add([Purge.OfHost("a.test", isSoft: false), Purge.OfAll(isSoft: true)]);
        PurgeSubject subject = new() { Key = "s\nhttps\na.test\n/"u8 };
        list.Last.ShouldBe(2u);
        list.Judge(subject, 2).Verdict.ShouldBe(PurgeVerdict.Untouched);
        PurgeFinding finding = list.Judge(subject, 1);
        finding.Verdict.ShouldBe(PurgeVerdict.Soft);
        finding.Until.ShouldBe(2u);
        finding.SoftSeconds.ShouldBeGreaterThan(0u);
        list.Judge(subject, 0).Verdict.ShouldBe(PurgeVerdict.Hard);
    }

    [Theory]
    [InlineData("Surrogate-Key: a b\tc", 3)]
    [InlineData("Surrogate-Key:  a   a ", 1)]
    [InlineData("Cache-Tag: a, b,,c d", 3)]
    [InlineData("Cache-Groups: \"a\", \"b\";p=1", 2)]
    [InlineData("Cache-Groups: a, \"b\"", 0)]
    [InlineData("Cache-Groups: (\"a\")", 0)]
    [InlineData("Content-Type: a", 0)]
    public void Tags_come_from_three_fields(string fields, int count) =>
        (TagFields.Read(Fields.OfText(fields), new PurgeList())?.Length ?? 0).ShouldBe(count);

    [Theory]
    [InlineData("status == 404", false)]
    [InlineData("status >= 200 and status < 300", true)]
    [InlineData("size > 1KiB", true)]
    [InlineData("size > 1MiB", false)]
    [InlineData("age > 59s && age <= 1m", true)]
    [InlineData("content-type == text/html", true)]
    [InlineData("content-type == text/* and host != b.test", true)]
    [InlineData("host == *", true)]
    [InlineData("path == /blog/*", true)]
    [InlineData("path == /blog", false)]
    [InlineData("header.X-Team == Shop", true)]
    [InlineData("header.X-None == \"\"", false)]
    [InlineData("header.X-None != a", true)]
    public void Conditions_speak_of_the_response(string text, bool holds)
    {
        PurgeConditions.TryParse(text, out IPurgePredicate? predicate, out string? error).ShouldBeTrue(error);
        using MemoryStore store = new(1 << 20, 1, new PurgeList(new SettableTime()));
        byte[] key = Fields.Bytes("s\nhttps\na.test\n/blog/x?y");
        store.Insert(
            KeyHash.Of(key),
            key,
            Sample.Record("Content-Type: text/html; charset=utf-8|X-Team: shop") with { Freshness = Sample.FreshnessAt(Fields.Now - 60) },
            new byte[2_000]);
        store.CountTouched([Purge.OfPredicate(predicate!, isSoft: false)]).Touched.ShouldBe(holds ? 1 : 0);
    }

    [Theory]
    [InlineData("", "is no condition")]
    [InlineData("status", "is no condition")]
    [InlineData("status = 404", "compares nothing")]
    [InlineData("colour == red", "is not known")]
    [InlineData("status == red", "is no status")]
    [InlineData("age > 5", "is no age")]
    [InlineData("size > 99999999999GiB", "is no size")]
    [InlineData("host > a", "is a text")]
    public void Conditions_that_make_no_sense_are_refused(string text, string message)
    {
        PurgeConditions.TryParse(text, out _, out string? error).ShouldBeFalse();
        error.ShouldContain(message);
    }

    [Fact]
    public void Purges_are_forgotten_when_all_tiers_have_carried_them_out()
    {
        SettableTime time = new();
        PurgeList list = new(time);
        Tier tier = new();
        list.Register(tier);
        list.Add([Purge.OfHost("a.test", isSoft: false), Purge.OfAll(isSoft: false)]);
        time.Advance(TimeSpan.FromSeconds(PurgeList.KeptSeconds + 1));
        list.Forget();
        list.Count.ShouldBe(2);
        tier.SettledUntil = 1;
        list.Forget();
        list.Count.ShouldBe(1);
        list.Forgotten.ShouldBe(1u);
        tier.SettledUntil = 2;
        list.Forget();
        list.Count.ShouldBe(0);
        Judge(list, "s\nhttps\nb.test\n/").ShouldBe(
            PurgeVerdict.Hard, "what was fetched before a purge that is known no more counts as purged");
        list.Judge(new PurgeSubject { Key = "s\nhttps\na.test\n/"u8 }, 2).Verdict.ShouldBe(PurgeVerdict.Untouched);
    }

    [Fact]
    public void The_list_is_bounded_and_refuses_what_the_memory_is_not_rid_of()
    {
        PurgeList list = new();
        Tier memory = new();
        list.Register(memory);
        list.Register(new Tier { IsPrompt = false });
        Purge[] many = [.. Enumerable.Range(0, PurgeList.MostScanned).Select(i => Purge.OfPrefix("", "a.test", $"/{i}", isSoft: false))];
        list.Add(many).IsDone.ShouldBeTrue();
        list.Add([many[0]]).Refusal.ShouldNotBeNull().ShouldContain("Too many purges");
        list.Last.ShouldBe((ulong)many.Length);
        memory.SettledUntil = list.Last;
        list.Add([many[0]]).IsDone.ShouldBeTrue();
        list.Count.ShouldBe(PurgeList.MostScanned);
        list.Forgotten.ShouldBe(1u, "the tier that takes its time counts what is older as purged");
    }

    [Fact]
    public void A_fetch_is_followed_unless_a_purge_may_touch_what_it_brings()
    {
        PurgeList list = new();
        byte[] key = Fields.Bytes("s\nhttps\na.test\n/blog/x");
        list.Add([Purge.OfUrl("https", "a.test", "/blog/y", isSoft: false), Purge.OfHost("b.test", isSoft: true), Purge.OfPrefix("", "a.test", "/x", isSoft: true)]);
        list.MayTouch(key, 0).ShouldBeFalse();
        list.Add([Purge.OfPrefix("", "a.test", "/blog/", isSoft: true)]);
        list.MayTouch(key, 3).ShouldBeTrue();
        list.MayTouch(key, 4).ShouldBeFalse();
        list.Add([Purge.OfTag("a", isSoft: true)]);
        list.MayTouch(key, 4).ShouldBeTrue("its tags are not known yet");
    }

    private static PurgeVerdict Judge(PurgeList list, string key, uint[]? tags = null) =>
        list.Judge(new PurgeSubject { Key = Fields.Bytes(key), Tags = tags }, 0).Verdict;

    private sealed class Tier : IPurgedTier
    {
        public ulong SettledUntil { get; set; }

        public bool IsPrompt { get; init; } = true;
    }
}
