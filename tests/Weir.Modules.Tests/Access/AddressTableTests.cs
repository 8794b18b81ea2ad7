using Weir.Abstractions.Exchanges;
using Weir.Modules.Access;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Access;

public sealed class AddressTableTests
{
    private const long MostOctets = 48 * 1024 * 1024;

    [Fact]
    public void Random_tables_decide_as_a_slow_search_does()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 300; round++)
        {
            Compare(random, isIPv4: round % 2 == 0, rules: random.Next(0, 120), $"seed {seed}, round {round}");
        }
    }

    [Theory]
    [InlineData("0.0.0.0/0", "0.0.0.0", true)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("::/0", "192.0.2.1", false)]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.0/24", "::ffff:192.0.2.7", true)]
    [InlineData("255.255.255.255", "255.255.255.255", true)]
    [InlineData("255.255.255.255", "255.255.255.254", false)]
    [InlineData("0.0.0.0", "0.0.0.1", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    public void A_prefix_holds_its_addresses(string prefix, string address, bool isHeld)
    {
        AddressTableBuilder builder = new();
        builder.Add(Prefix(prefix), new AccessRule(AccessList.Deny, 1));
        (builder.Build().Find(TestExchange.Address(address)).List == AccessList.Deny).ShouldBe(isHeld);
    }

    [Theory]
    [InlineData(4099u, true)]
    [InlineData(2u, true)]
    [InlineData(5u, false)]
    public void A_million_addresses_fit_into_48_MiB_also_in_a_heap(uint apart, bool isAlone)
    {
        AddressTableBuilder builder = new();
        for (uint i = 0; i < 1_000_000; i++)
        {
            builder.Add(new IpPrefix(IpAddress.FromIPv4(i * apart), 128), new AccessRule(AccessList.DenyFile, (int)i + 1));
        }

        // Far from all others, these stretch the slots: then the million lies in few of them.
        for (uint i = 0; !isAlone && i < 10; i++)
        {
            builder.Add(new IpPrefix(IpAddress.FromIPv4(uint.MaxValue - (i * 1000)), 128), new AccessRule(AccessList.Deny, (int)i + 1));
        }

        AddressTable table = builder.Build();
        table.Octets.ShouldBeLessThan(MostOctets);
        for (uint i = 0; i < 1_000_000; i += 777)
        {
            table.Find(IpAddress.FromIPv4(i * apart)).Number.ShouldBe((int)i + 1);
            table.Find(IpAddress.FromIPv4((i * apart) + 1)).List.ShouldBe(AccessList.None);
        }
    }

    private static void Compare(Random random, bool isIPv4, int rules, string what)
    {
        List<(IpPrefix Prefix, AccessRule Rule)> all = [];
        AddressTableBuilder builder = new();
        for (int i = 0; i < rules; i++)
        {
            IpPrefix prefix = RandomPrefix(random, isIPv4);
            AccessRule rule = new((AccessList)random.Next(1, 5), i + 1);
            all.Add((prefix, rule));
            builder.Add(prefix, rule);
        }

        AddressTable table = builder.Build();
        for (int i = 0; i < 200; i++)
        {
            IpAddress address = RandomAddress(random, isIPv4);
            table.Find(address).ShouldBe(Slowly(all, address), $"{what}, {address}");
        }
    }

    // The longest prefix; of equal ones a refusal; of those the list and line that come first.
    private static AccessRule Slowly(List<(IpPrefix Prefix, AccessRule Rule)> rules, IpAddress address) => rules
        .Where(rule => rule.Prefix.Contains(address))
        .OrderByDescending(rule => rule.Prefix.Bits)
        .ThenByDescending(rule => rule.Rule.IsDeny)
        .ThenBy(rule => rule.Rule)
        .Select(rule => rule.Rule)
        .FirstOrDefault();

    private static IpPrefix RandomPrefix(Random random, bool isIPv4)
    {
        IpAddress address = RandomAddress(random, isIPv4);
        int length = isIPv4 ? random.Next(0, 33) : random.Next(0, 129);
        return Prefix($"{address}/{length}");
    }

    // Few different octets, so that prefixes lie within each other and at the ends of the space.
    private static IpAddress RandomAddress(Random random, bool isIPv4)
    {
        Span<byte> octets = stackalloc byte[isIPv4 ? 4 : 16];
        foreach (ref byte octet in octets)
        {
            octet = random.Next(4) switch { 0 => 0, 1 => 255, 2 => 128, _ => (byte)random.Next(256) };
        }

        return IpAddress.FromOctets(octets);
    }

    private static IpPrefix Prefix(string text)
    {
        IpPrefix.TryParse(text, out IpPrefix prefix).ShouldBeTrue(text);
        return prefix;
    }
}
