using System.Text;
using Weir.Net.Tls;

namespace Weir.Net.Tests.Tls;

public sealed class SniTableTests
{
    private static readonly SniTable<string> _table = new(
        [
            new("example.test", "exact"), new("*.example.test", "wildcard"), new("*.deep.example.test", "deeper"),
            new("one.example.test", "one"), new("example.test", "ignored"),
        ],
        "default");

    [Theory]
    [InlineData("example.test", "exact")]
    [InlineData("EXAMPLE.Test", "exact")]
    [InlineData("example.test.", "exact")]
    [InlineData("one.example.test", "one")]
    [InlineData("two.example.test", "wildcard")]
    [InlineData("a.b.example.test", "wildcard")]
    [InlineData("x.deep.example.test", "deeper")]
    [InlineData("deep.example.test", "wildcard")]
    [InlineData("other.test", "default")]
    [InlineData("xexample.test", "default")]
    [InlineData("", "default")]
    [InlineData(".", "default")]
    [InlineData("..example.test", "wildcard")]
    public void Exact_beats_the_longest_wildcard_beats_the_default(string name, string expected) =>
        _table.Find(Encoding.ASCII.GetBytes(name)).ShouldBe(expected);

    [Fact]
    public void A_name_longer_than_any_host_is_unknown() =>
        _table.Find(Encoding.ASCII.GetBytes(new string('a', 300) + ".example.test")).ShouldBe("default");
}
