using Weir.Abstractions.Exchanges;
using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

public sealed class AddressOrderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1 192.0.2.2 2001:db8::1 2001:db8::2", "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2")]
    [InlineData("192.0.2.1 192.0.2.2 192.0.2.3 2001:db8::1", "2001:db8::1 192.0.2.1 192.0.2.2 192.0.2.3")]
    [InlineData("2001:db8::2 2001:db8::1 192.0.2.1", "2001:db8::2 192.0.2.1 2001:db8::1")]
    [InlineData("192.0.2.2 192.0.2.1", "192.0.2.2 192.0.2.1")]
    public void Families_take_turns_with_IPv6_first(string given, string expected) => Interleave(given, true).ShouldBe(expected);

    [Fact]
    public void IPv4_begins_when_configured() =>
        Interleave("2001:db8::1 2001:db8::2 192.0.2.1", false).ShouldBe("192.0.2.1 2001:db8::1 2001:db8::2");

    [Fact]
    public void Duplicates_and_unspecified_addresses_are_dropped() =>
        Interleave("0.0.0.0 192.0.2.1 :: 192.0.2.1 2001:db8::1", true).ShouldBe("2001:db8::1 192.0.2.1");

    private static string Interleave(string given, bool prefersIPv6)
    {
        IpAddress[] addresses = [.. given.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
        return string.Join(' ', AddressOrder.Interleave(addresses, prefersIPv6));
    }

    private static IpAddress Parse(string text)
    {
        IpAddress.TryParse(text, out IpAddress address).ShouldBeTrue();
        return address;
    }
}
