using System.Net;
using System.Text;
using Weir.Abstractions.Exchanges;

namespace Weir.Abstractions.Tests.Exchanges;

public sealed class IpAddressTextTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("192.0.2.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("2001:db8::")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1::1")]
    [InlineData("2001:db8::1:0:0:1")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("fe80::a:0:0:b")]
    public void The_canonical_text_is_written(string text)
    {
        IpAddress.TryParse(text, out IpAddress address).ShouldBeTrue();
        address.ToString().ShouldBe(text);
    }

    [Fact]
    public void Random_addresses_are_written_so_that_the_platform_reads_them_back()
    {
        const int Seed = 20261121;
        Random random = new(Seed);
        byte[] octets = new byte[16];
        Span<byte> text = stackalloc byte[IpAddress.MaxTextOctets];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(octets);
            for (int group = 0; group < 8; group++)
            {
                if (random.Next(2) == 0)
                {
                    octets[group * 2] = octets[(group * 2) + 1] = 0;
                }
            }

            IpAddress address = IpAddress.FromOctets(octets);
            string written = Encoding.ASCII.GetString(text[..address.Format(text)]);
            if (!address.IsNone)
            {
                IpAddress.From(IPAddress.Parse(written)).ShouldBe(address, $"seed {Seed}, {written}");
            }
        }
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        IpAddress.TryParse("2001:db8::1:0:0:1", out IpAddress address).ShouldBeTrue();
        Span<byte> text = stackalloc byte[IpAddress.MaxTextOctets];
        address.Format(text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        address.Format(text);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
