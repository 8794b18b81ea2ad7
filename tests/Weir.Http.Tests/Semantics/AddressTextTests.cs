using System.Net;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Http.Semantics;

namespace Weir.Http.Tests.Semantics;

public sealed class AddressTextTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("1.20.200.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:7::")]
    [InlineData("::2:3:4:5:6:7:8")]
    [InlineData("2001:db8::a:0:0:1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("1:2:3:4:5:6:1.2.3.4")]
    [InlineData("::1.2.3.4")]
    [InlineData("ABCD:ef01::1")]
    public void An_address_is_read_as_the_platform_reads_it(string text)
    {
        AddressText.TryParse(Encoding.ASCII.GetBytes(text), out IpAddress address).ShouldBeTrue();
        address.ShouldBe(IpAddress.From(IPAddress.Parse(text)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("1..3.4")]
    [InlineData(".1.2.3.4")]
    [InlineData("1.2.3.4.")]
    [InlineData("0x1.2.3.4")]
    [InlineData("1.2.3.1000")]
    [InlineData(":")]
    [InlineData(":1")]
    [InlineData("1:")]
    [InlineData(":::")]
    [InlineData("1:::2")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("::1:2:3:4:5:6:7:8")]
    [InlineData("12345::")]
    [InlineData("::g")]
    [InlineData("::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("::1.2.3.4:1")]
    [InlineData("1.2.3.4::")]
    public void What_is_no_address_is_refused(string text) => AddressText.TryParse(Encoding.ASCII.GetBytes(text), out _).ShouldBeFalse();

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("1.20.200.255")]
    [InlineData("100.9.10.99")]
    [InlineData("2001:db8::1")]
    public void An_address_is_written_as_it_was_read(string text)
    {
        AddressText.TryParse(Encoding.ASCII.GetBytes(text), out IpAddress address).ShouldBeTrue();
        byte[] target = new byte[IpAddress.MaxTextOctets];
        Encoding.ASCII.GetString(target, 0, AddressText.Write(address, target)).ShouldBe(text);
    }

    [Fact]
    public void Random_text_is_judged_as_the_platform_judges_it_or_more_strictly()
    {
        Random random = new(7);
        string alphabet = "0123456789abcdef:::::...";
        for (int round = 0; round < 20_000; round++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            if (AddressText.TryParse(Encoding.ASCII.GetBytes(text), out IpAddress address))
            {
                IPAddress.TryParse(text, out IPAddress? expected).ShouldBeTrue(text);
                address.ShouldBe(IpAddress.From(expected!), text);
            }
            else if (text.Contains(':') && !text.Contains('.'))
            {
                IPAddress.TryParse(text, out _).ShouldBeFalse(text);
            }
        }
    }
}
