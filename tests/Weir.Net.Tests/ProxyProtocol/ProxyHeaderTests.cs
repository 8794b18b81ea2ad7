using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Net.ProxyProtocol;

namespace Weir.Net.Tests.ProxyProtocol;

public sealed class ProxyHeaderTests
{
    private static readonly byte[] _signature = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10];

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 4000 443\r\n", "192.0.2.1", 4000, "198.51.100.2", 443)]
    [InlineData("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0", 0, "255.255.255.255", 65535)]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", "2001:db8::1", 1, "2001:db8::2", 2)]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 1 2\r\n", "192.0.2.1", 1, "2001:db8::2", 2)]
    public void Lines_of_version_1_are_read(string line, string source, int sourcePort, string destination, int destinationPort)
    {
        byte[] octets = [.. Encoding.ASCII.GetBytes(line), .. "GET"u8];
        ProxyHeader.Read(octets, out ProxyHeader header, out int consumed).ShouldBe(ProxyHeaderStatus.Complete);
        consumed.ShouldBe(line.Length);
        header.ShouldBe(new ProxyHeader(true, Ip(source), sourcePort, Ip(destination), destinationPort));
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n")]
    public void Unknown_keeps_the_connections_own_addresses(string line)
    {
        ProxyHeader.Read(Encoding.ASCII.GetBytes(line), out ProxyHeader header, out int consumed).ShouldBe(ProxyHeaderStatus.Complete);
        consumed.ShouldBe(line.Length);
        header.HasAddresses.ShouldBeFalse();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n")]
    [InlineData("PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 +1 2\r\n")]
    [InlineData("PROXY TCP4 1.1.1.256 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 ::ffff:1.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1] ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 fe80::1%eth0 ::2 1 2\r\n")]
    [InlineData("PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY UNKNOWNX\r\n")]
    public void What_is_no_line_of_version_1_is_refused(string line) =>
        ProxyHeader.Read(Encoding.ASCII.GetBytes(line), out _, out _).ShouldBe(ProxyHeaderStatus.Malformed);

    [Fact]
    public void A_line_without_an_end_is_refused_at_its_bound()
    {
        string start = "PROXY UNKNOWN ";
        string tooLong = start + new string('x', ProxyHeader.MaxV1Octets - start.Length);
        ProxyHeader.Read(Encoding.ASCII.GetBytes(tooLong[..^1]), out _, out _).ShouldBe(ProxyHeaderStatus.NeedMore);
        ProxyHeader.Read(Encoding.ASCII.GetBytes(tooLong), out _, out _).ShouldBe(ProxyHeaderStatus.Malformed);
    }

    [Fact]
    public void Every_part_of_a_header_needs_more()
    {
        foreach (byte[] whole in Corpus())
        {
            for (int length = 0; length < whole.Length; length++)
            {
                ProxyHeader.Read(whole.AsSpan(0, length), out _, out int consumed).ShouldBe(ProxyHeaderStatus.NeedMore);
                consumed.ShouldBe(0);
            }

            ProxyHeader.Read(whole, out _, out int all).ShouldBe(ProxyHeaderStatus.Complete);
            all.ShouldBe(whole.Length);
        }
    }

    [Fact]
    public void Version_2_carries_addresses_and_skips_what_follows_them()
    {
        byte[] header = V2(0x21, 0x11, [192, 0, 2, 1, 198, 51, 100, 2, 0x0f, 0xa0, 0x01, 0xbb, 3, 0, 1, 7]);
        ProxyHeader.Read([.. header, .. "GET"u8], out ProxyHeader read, out int consumed).ShouldBe(ProxyHeaderStatus.Complete);
        consumed.ShouldBe(header.Length);
        read.ShouldBe(new ProxyHeader(true, Ip("192.0.2.1"), 4000, Ip("198.51.100.2"), 443));
    }

    [Theory]
    [InlineData(0x20, 0x11, 12, true)]
    [InlineData(0x20, 0x00, 0, true)]
    [InlineData(0x21, 0x00, 0, true)]
    [InlineData(0x21, 0x31, 216, true)]
    [InlineData(0x21, 0x11, 11, false)]
    [InlineData(0x21, 0x21, 35, false)]
    [InlineData(0x22, 0x11, 12, false)]
    [InlineData(0x11, 0x11, 12, false)]
    [InlineData(0x31, 0x11, 12, false)]
    [InlineData(0x21, 0x11, 2049, false)]
    public void Version_2_without_addresses_or_broken(int versionAndCommand, int family, int length, bool isAccepted)
    {
        byte[] header = V2((byte)versionAndCommand, (byte)family, new byte[length]);
        ProxyHeaderStatus status = ProxyHeader.Read(header, out ProxyHeader read, out _);
        status.ShouldBe(isAccepted ? ProxyHeaderStatus.Complete : ProxyHeaderStatus.Malformed);
        read.HasAddresses.ShouldBeFalse();
    }

    [Theory]
    [InlineData("192.0.2.1", "198.51.100.2")]
    [InlineData("2001:db8::1", "2001:db8::2")]
    [InlineData("192.0.2.1", "2001:db8::2")]
    [InlineData("2001:db8:1234:5678:9abc:def0:1234:5678", "255.255.255.255")]
    public void What_is_written_is_read_again(string source, string destination)
    {
        ProxyHeader header = new(true, Ip(source), 65535, Ip(destination), 443);
        byte[] target = new byte[ProxyHeader.MaxWrittenOctets];
        int length = header.WriteV1(target);
        ProxyHeader.Read(target.AsSpan(0, length), out ProxyHeader first, out int consumed).ShouldBe(ProxyHeaderStatus.Complete);
        (first, consumed).ShouldBe((header, length));
        length = header.WriteV2(target);
        ProxyHeader.Read(target.AsSpan(0, length), out ProxyHeader second, out consumed).ShouldBe(ProxyHeaderStatus.Complete);
        (second, consumed).ShouldBe((header, length));
    }

    [Fact]
    public void Without_addresses_unknown_and_local_are_written()
    {
        byte[] target = new byte[ProxyHeader.MaxWrittenOctets];
        int length = default(ProxyHeader).WriteV1(target);
        Encoding.ASCII.GetString(target, 0, length).ShouldBe("PROXY UNKNOWN\r\n");
        length = default(ProxyHeader).WriteV2(target);
        length.ShouldBe(16);
        ProxyHeader.Read(target.AsSpan(0, length), out ProxyHeader read, out _).ShouldBe(ProxyHeaderStatus.Complete);
        read.HasAddresses.ShouldBeFalse();
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Mutated_headers_never_break_the_reader(int seed)
    {
        // A failure prints the seed: it is the test's argument.
        Random random = new(seed);
        byte[][] corpus = [.. Corpus()];
        int complete = 0;
        for (int i = 0; i < 50_000; i++)
        {
            List<byte> octets = [.. corpus[random.Next(corpus.Length)]];
            for (int change = random.Next(4); change > 0 && octets.Count > 0; change--)
            {
                int at = random.Next(octets.Count);
                switch (random.Next(4))
                {
                    case 0:
                        octets[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        octets.RemoveAt(at);
                        break;
                    case 2:
                        octets.Insert(at, (byte)random.Next(256));
                        break;
                    default:
                        octets.RemoveRange(at, octets.Count - at);
                        break;
                }
            }

            byte[] input = [.. octets];
            ProxyHeaderStatus status = ProxyHeader.Read(input, out ProxyHeader header, out int consumed);
            consumed.ShouldBeInRange(0, input.Length);
            if (status == ProxyHeaderStatus.Complete)
            {
                complete++;
                consumed.ShouldBeInRange(15, ProxyHeader.MaxV2Octets);

                // What follows the header changes nothing, and any shorter part is not yet a header.
                ProxyHeader.Read(input.AsSpan(0, consumed), out ProxyHeader alone, out int again).ShouldBe(ProxyHeaderStatus.Complete);
                (alone, again).ShouldBe((header, consumed));
                ProxyHeader.Read(input.AsSpan(0, consumed - 1), out _, out _).ShouldBe(ProxyHeaderStatus.NeedMore);
            }
            else
            {
                header.HasAddresses.ShouldBeFalse();
            }
        }

        complete.ShouldBeGreaterThan(1000);
    }

    private static IEnumerable<byte[]> Corpus()
    {
        yield return Encoding.ASCII.GetBytes("PROXY TCP4 192.0.2.1 198.51.100.2 4000 443\r\n");
        yield return Encoding.ASCII.GetBytes("PROXY TCP6 2001:db8::1 2001:db8::2 4000 443\r\n");
        yield return Encoding.ASCII.GetBytes("PROXY UNKNOWN\r\n");
        yield return V2(0x21, 0x11, [192, 0, 2, 1, 198, 51, 100, 2, 0x0f, 0xa0, 0x01, 0xbb]);
        yield return V2(0x21, 0x21, [.. Enumerable.Range(0, 36).Select(i => (byte)i)]);
        yield return V2(0x20, 0x00, []);
        yield return V2(0x21, 0x12, [192, 0, 2, 1, 198, 51, 100, 2, 0x0f, 0xa0, 0x01, 0xbb, 4, 0, 2, 1, 1]);
    }

    private static byte[] V2(byte versionAndCommand, byte family, byte[] rest) =>
        [.. _signature, versionAndCommand, family, (byte)(rest.Length >> 8), (byte)rest.Length, .. rest];

    private static IpAddress Ip(string text)
    {
        IpAddress.TryParse(text, out IpAddress address).ShouldBeTrue();
        return address;
    }
}
