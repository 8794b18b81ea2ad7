using Weir.Net.Sockets;

namespace Weir.Net.Tests.Sockets;

public sealed class SocketAddressTests
{
    [Theory]
    [InlineData(":8080", ":8080")]
    [InlineData("*:80", ":80")]
    [InlineData("127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("[::1]:443", "[::1]:443")]
    [InlineData("[::]:443", "[::]:443")]
    [InlineData("[2001:DB8:0:0::1]:65535", "[2001:db8::1]:65535")]
    [InlineData("unix:/run/weir.sock", "unix:/run/weir.sock")]
    [InlineData("unix:relative", "unix:relative")]
    public void Addresses_are_read_and_written_in_one_form(string text, string expected)
    {
        SocketAddress.TryParse(text, out SocketAddress address).ShouldBeTrue();
        address.ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("8080")]
    [InlineData(":")]
    [InlineData(":65536")]
    [InlineData(":-1")]
    [InlineData(": 80")]
    [InlineData("localhost:80")]
    [InlineData("::1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("[::1]")]
    [InlineData("[::1:80")]
    [InlineData("[]:80")]
    [InlineData("[[::1]]:80")]
    [InlineData("[fe80::1%eth0]:80")]
    [InlineData("1.2.3:80")]
    [InlineData("1.2.3.4.5:80")]
    [InlineData("01.2.3.4:80")]
    [InlineData("unix:")]
    public void What_is_no_address_is_refused(string text) =>
        SocketAddress.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_path_longer_than_the_kernel_takes_is_refused()
    {
        SocketAddress.TryParse("unix:" + new string('a', 107), out _).ShouldBeTrue();
        SocketAddress.TryParse("unix:" + new string('a', 108), out _).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => SocketAddress.Unix(new string('a', 108))).Message.ShouldContain("107");
    }
}
