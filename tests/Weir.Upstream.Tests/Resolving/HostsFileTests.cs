using Weir.Abstractions.Exchanges;
using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

public sealed class HostsFileTests
{
    private static readonly HostsFile _hosts = HostsFile.Parse("""
        # comment
        127.0.0.1 localhost
        192.0.2.1	App.Internal app   # the first
        2001:db8::1 app.internal
        192.0.2.1 app.internal
        192.0.2.2 app.internal.
        fe80::1%eth0 zoned
        not-an-address broken
        192.0.2.9
        192.0.2.3 bad..name good
        """);

    [Theory]
    [InlineData("app.internal", "192.0.2.1 2001:db8::1 192.0.2.2")]
    [InlineData("app", "192.0.2.1")]
    [InlineData("good", "192.0.2.3")]
    [InlineData("localhost", "127.0.0.1")]
    public void A_name_has_the_addresses_of_all_its_lines(string name, string expected)
    {
        _hosts.TryGet(name, out IReadOnlyList<IpAddress>? addresses).ShouldBeTrue();
        string.Join(' ', addresses).ShouldBe(expected);
    }

    [Theory]
    [InlineData("zoned")]
    [InlineData("broken")]
    [InlineData("bad..name")]
    [InlineData("comment")]
    [InlineData("internal")]
    public void A_line_that_cannot_be_read_gives_no_name(string name) => _hosts.TryGet(name, out _).ShouldBeFalse();

    [Fact]
    public void Addresses_of_one_name_are_bounded()
    {
        string text = string.Join('\n', Enumerable.Range(0, 200).Select(i => $"10.0.0.{i} many"));
        HostsFile.Parse(text).TryGet("many", out IReadOnlyList<IpAddress>? addresses).ShouldBeTrue();
        addresses.Count.ShouldBe(64);
    }
}
