using Weir.Abstractions.Heads;
using Weir.Cache.Keys;
using Weir.Cache.Tests.Freshness;

namespace Weir.Cache.Tests.Keys;

/// <summary>Proves which requests share a stored response, and that no two others do.</summary>
public sealed class KeyTests
{
    [Theory]
    [InlineData("/a", "/a", true)]
    [InlineData("/a", "/b", false)]
    [InlineData("/a", "/a?", false)]
    [InlineData("/a?x=1", "/a?x=1", true)]
    [InlineData("/a?x=1", "/a?x=2", false)]
    [InlineData("/a?x=1&y=2", "/a?y=2&x=1", false)]
    public void The_whole_query_counts_by_default(string left, string right, bool isSame) =>
        AreSame(new KeyRules(), left, right).ShouldBe(isSame);

    [Theory]
    [InlineData("/a?x=1&y=2", "/a?y=2&x=1", true)]
    [InlineData("/a?x=1&x=2", "/a?x=2&x=1", false)]
    [InlineData("/a?x=1&&y=2", "/a?x=1&y=2", false)]
    public void Sorted_parameters_may_come_in_any_order(string left, string right, bool isSame) =>
        AreSame(new KeyRules { SortsQuery = true }, left, right).ShouldBe(isSame);

    [Theory]
    [InlineData("/a?utm_source=1&x=1", "/a?x=1", true)]
    [InlineData("/a?utm_source=1&fbclid=2", "/a", true)]
    [InlineData("/a?utm_source", "/a?utm_campaign=3", true)]
    [InlineData("/a?utm=1", "/a", false)]
    [InlineData("/a?fbclid2=1", "/a", false)]
    [InlineData("/a?x=1&fbclid=2&y=3", "/a?x=1&y=3", true)]
    public void Parameters_can_be_ignored(string left, string right, bool isSame) =>
        AreSame(new KeyRules { Query = QueryRule.Ignore, Parameters = new NamePatterns(["utm_*", "fbclid"]) }, left, right).ShouldBe(isSame);

    [Theory]
    [InlineData("/a?page=1&x=1", "/a?x=2&page=1", true)]
    [InlineData("/a?page=1", "/a?page=2", false)]
    [InlineData("/a?x=1", "/a", true)]
    public void Parameters_can_be_kept_alone(string left, string right, bool isSame) =>
        AreSame(new KeyRules { Query = QueryRule.Keep, Parameters = new NamePatterns(["page"]) }, left, right).ShouldBe(isSame);

    [Fact]
    public void The_query_can_be_left_out() => AreSame(new KeyRules { Query = QueryRule.None }, "/a?x=1", "/a").ShouldBeTrue();

    [Fact]
    public void Scheme_authority_and_port_count_and_default_ports_do_not()
    {
        byte[] plain = Written(new KeyRules(), Fields.Request(""));
        Written(new KeyRules(), Fields.Request("", isHttps: true)).ShouldNotBe(plain);
        Written(new KeyRules(), Fields.Request("", authority: "b.test")).ShouldNotBe(plain);
        Written(new KeyRules(), WithPort(80)).ShouldBe(plain);
        Written(new KeyRules(), WithPort(8080)).ShouldNotBe(plain);
    }

    [Fact]
    public void Scopes_keep_caches_apart() =>
        Written(new KeyRules { Scope = [1] }, Fields.Request("")).ShouldNotBe(Written(new KeyRules { Scope = [2] }, Fields.Request("")));

    [Fact]
    public void Chosen_fields_and_cookies_count()
    {
        KeyRules rules = new() { Headers = ["x-a"u8.ToArray(), "x-b"u8.ToArray()], Cookies = ["lang"u8.ToArray()] };
        string[] different =
        [
            "", "X-A:", "X-A: 1", "X-B: 1", "X-A: 1|X-A: 2", "X-A: 1|X-B: 2", "Cookie: lang=de", "Cookie: lang=", "X-A: 1|Cookie: lang=de",
        ];
        different.Select(fields => Fields.Text(Written(rules, Fields.Request(fields)))).Distinct(StringComparer.Ordinal).Count().ShouldBe(different.Length);
        Written(rules, Fields.Request("Cookie: lang=de; a=b")).ShouldBe(Written(rules, Fields.Request("Cookie: a=c; lang=de|X-C: 1")));
    }

    [Theory]
    [InlineData(5000, 0)]
    [InlineData(0, 5000)]
    [InlineData(4000, 200)]
    public void Too_long_a_key_is_none(int pathOctets, int fieldOctets)
    {
        KeyRules rules = new() { Headers = ["x-a"u8.ToArray()] };
        RequestHead request = Fields.Request("X-A: " + new string('x', fieldOctets), path: "/" + new string('x', pathOctets));
        KeyWriter.Write(rules, request, new byte[KeyWriter.MostOctets]).ShouldBe(-1);
    }

    [Fact]
    public void Many_parameters_keep_their_order()
    {
        string many = "/a?" + string.Join('&', Enumerable.Range(0, 100).Select(i => $"p{i}=1"));
        string reversed = "/a?" + string.Join('&', Enumerable.Range(0, 100).Reverse().Select(i => $"p{i}=1"));
        AreSame(new KeyRules { SortsQuery = true }, many, reversed).ShouldBeFalse();
        AreSame(new KeyRules { SortsQuery = true }, many, many).ShouldBeTrue();
    }

    [Fact]
    public void Hashes_of_near_keys_spread_evenly()
    {
        const int Places = 256;
        int[] high = new int[Places];
        int[] low = new int[Places];
        HashSet<KeyHash> seen = [];
        for (int i = 0; i < 100_000; i++)
        {
            KeyHash hash = KeyHash.Of(Fields.Bytes($"site a.test\nhttp\na.test\n/page/{i}"), 42);
            seen.Add(hash).ShouldBeTrue();
            high[hash.High & 255]++;
            low[hash.Low >> 56]++;
        }

        // The mean is 390; six standard deviations are 119.
        high.ShouldAllBe(count => count > 271 && count < 510);
        low.ShouldAllBe(count => count > 271 && count < 510);
    }

    [Fact]
    public void A_bit_of_the_key_changes_half_of_the_hash()
    {
        byte[] key = Fields.Bytes("http\na.test\n/some/path?of=some&length=1");
        KeyHash plain = KeyHash.Of(key, 1);
        for (int bit = 0; bit < key.Length * 8; bit++)
        {
            byte[] other = [.. key];
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            KeyHash hash = KeyHash.Of(other, 1);
            int flipped = System.Numerics.BitOperations.PopCount(hash.High ^ plain.High) + System.Numerics.BitOperations.PopCount(
                hash.Low ^ plain.Low);
            flipped.ShouldBeInRange(35, 93, $"bit {bit}");
        }
    }

    private static RequestHead WithPort(int port)
    {
        RequestHead request = Fields.Request("");
        request.Port = port;
        return request;
    }

    private static bool AreSame(KeyRules rules, string left, string right) =>
        Written(rules, To(left)).SequenceEqual(Written(rules, To(right)));

    private static RequestHead To(string target)
    {
        string[] parts = target.Split('?', 2);
        RequestHead request = Fields.Request("", path: parts[0]);
        request.SetQuery(request.Fields.Store(Fields.Bytes(parts.Length > 1 ? parts[1] : "")), parts.Length > 1);
        return request;
    }

    private static byte[] Written(KeyRules rules, RequestHead request)
    {
        byte[] room = new byte[KeyWriter.MostOctets];
        return room[..KeyWriter.Write(rules, request, room)];
    }
}
