using System.Text;
using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Tests.Routing;

public sealed class SiteTableTests
{
    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("www.example.com", "*.example.com")]
    [InlineData("a.b.example.com", "*.example.com")]
    [InlineData("x.shop.example.com", "*.shop.example.com")]
    [InlineData("a.b.c.shop.example.com", "*.shop.example.com")]
    [InlineData("shop.example.com", "*.example.com")]
    [InlineData("eu.shop.example.com", "eu.shop.example.com")]
    [InlineData("badexample.com", "*")]
    [InlineData("example.org", "*")]
    [InlineData("com", "*")]
    [InlineData(".example.com", "*")]
    [InlineData("[::1]", "[::1]")]
    [InlineData("[::2]", "*")]
    [InlineData("", "*")]
    public void Exact_beats_the_longest_wildcard_beats_the_default(string host, string expected)
    {
        SiteTable<string> table = Table("*.example.com", "*", "example.com", "[::1]", "*.shop.example.com", "eu.shop.example.com");
        table.Find(Encoding.ASCII.GetBytes(host)).ShouldBe(expected);
    }

    [Fact]
    public void Without_a_default_an_unknown_or_missing_host_has_no_site()
    {
        SiteTable<string> table = Table("example.com");
        table.Find("example.org"u8).ShouldBeNull();
        table.Find(default).ShouldBeNull();
        table.Default.ShouldBeNull();
    }

    [Fact]
    public void An_empty_table_has_no_site() => Table().Find("example.com"u8).ShouldBeNull();

    [Fact]
    public void A_host_longer_than_any_key_is_no_burden()
    {
        byte[] host = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a.", 16_000)) + "example.com");
        Table("*.example.com").Find(host).ShouldBe("*.example.com");
        Table("example.com").Find(host).ShouldBeNull();
    }

    [Fact]
    public void The_same_key_twice_is_found_and_refused()
    {
        List<SiteDefinition<string>> sites = [Site("a.example"), Site("b.example"), Site("A.example.")];
        SiteTable.FindDuplicate(sites).ShouldBe((0, 2));
        Should.Throw<ArgumentException>(() => new SiteTable<string>(sites)).Message.ShouldContain("a.example");
    }

    [Theory]
    [InlineData(20261121)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_random_table_answers_like_the_obvious_reference(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 60; round++)
        {
            HashSet<string> keys = [];
            int count = random.Next(0, round < 55 ? 20 : 2000);
            while (keys.Count < count)
            {
                keys.Add((random.Next(3) == 0 ? "*." : "") + RandomHost(random, count));
            }

            if (random.Next(2) == 0)
            {
                keys.Add("*");
            }

            SiteTable<string> table = Table([.. keys]);
            for (int i = 0; i < 400; i++)
            {
                string host = RandomHost(random, count);
                string? found = table.Find(Encoding.ASCII.GetBytes(host));
                found.ShouldBe(Reference(keys, host), $"seed {seed}, host {host}, keys {string.Join(' ', keys)}");
            }
        }
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        SiteTable<string> table = Table("example.com", "*.example.com", "*.shop.example.com", "*");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            table.Find("example.com"u8);
            table.Find("a.b.shop.example.com"u8);
            table.Find("else.where"u8);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static string? Reference(HashSet<string> keys, string host)
    {
        if (keys.Contains(host))
        {
            return host;
        }

        IEnumerable<string> wildcards = keys.Where(key => key.StartsWith("*.", StringComparison.Ordinal));
        string? longest = wildcards.Where(key => host.EndsWith(key[1..], StringComparison.Ordinal)).MaxBy(key => key.Length);
        return longest ?? (keys.Contains("*") ? "*" : null);
    }

    // Few labels, so that hosts meet keys; more of them where many keys are wanted.
    private static string RandomHost(Random random, int keys)
    {
        int variety = keys > 100 ? 40 : 4;
        string[] labels = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => $"{(char)('a' + random.Next(2))}{random.Next(variety)}")];
        return string.Join('.', labels);
    }

    private static SiteDefinition<string> Site(string key)
    {
        SitePattern.TryParse(key, out SitePattern? pattern, out PatternError? error).ShouldBeTrue(error?.Cause);
        return new SiteDefinition<string>(pattern!, key);
    }

    private static SiteTable<string> Table(params string[] keys) => new([.. keys.Select(Site)]);
}
