using System.Buffers.Binary;
using System.Text;
using Weir.Net.Connections;
using Weir.Net.Memory;
using Weir.Net.Tests.Testing;
using Weir.Net.Tls;

namespace Weir.Net.Tests.Tls;

public sealed class ClientHelloReaderTests
{
    private static readonly byte[] _hello = Record();

    [Fact]
    public void A_real_clients_hello_is_read()
    {
        ClientHelloStatus status = ClientHelloReader.Read(_hello, new byte[ClientHelloReader.MostOctets], out ReadOnlySpan<byte> message);
        status.ShouldBe(ClientHelloStatus.Complete);
        ClientHelloReader.TryParse(message, out ClientHelloFacts facts).ShouldBeTrue();
        Encoding.ASCII.GetString(facts.ServerName).ShouldBe("shop.example.test");
        facts.Protocols.SequenceEqual("\u0008http/1.1"u8).ShouldBeTrue();
        facts.IsAcmeChallenge.ShouldBeFalse();
    }

    [Fact]
    public void Every_beginning_of_a_hello_needs_more()
    {
        for (int i = 0; i < _hello.Length; i++)
        {
            ClientHelloReader.Read(_hello.AsSpan(0, i), new byte[ClientHelloReader.MostOctets], out _).ShouldBe(
                ClientHelloStatus.NeedMore, $"{i} octets");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void A_hello_in_several_records_is_the_same(int octetsInRecord)
    {
        ReadOnlySpan<byte> whole = _hello.AsSpan(5);
        List<byte> split = [];
        for (int at = 0; at < whole.Length; at += octetsInRecord)
        {
            int count = Math.Min(octetsInRecord, whole.Length - at);
            split.AddRange([22, 3, 1, (byte)(count >> 8), (byte)count]);
            split.AddRange(whole.Slice(at, count));
        }

        ClientHelloReader.Read(split.ToArray(), new byte[ClientHelloReader.MostOctets], out ReadOnlySpan<byte> message).ShouldBe(
            ClientHelloStatus.Complete);
        message.SequenceEqual(whole).ShouldBeTrue();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", ClientHelloStatus.PlainHttp)]
    [InlineData("OPTIONS * ", ClientHelloStatus.PlainHttp)]
    [InlineData("GE", ClientHelloStatus.NeedMore)]
    [InlineData("get / HTTP/1.1", ClientHelloStatus.Malformed)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", ClientHelloStatus.Malformed)]
    [InlineData("\u0080\u0001\u0001\u0003\u0001", ClientHelloStatus.Malformed)]
    [InlineData("\u0016\u0002\u0000\u0000\u0001\u0001", ClientHelloStatus.Malformed)]
    [InlineData("\u0016\u0003\u0001\u0000\u0000", ClientHelloStatus.Malformed)]
    [InlineData("\u0016\u0003\u0001\u0000\u0001\u0002", ClientHelloStatus.Malformed)]
    [InlineData("\u0016\u0003\u0001\u0000\u0004\u0001\u0001\u0000\u0000", ClientHelloStatus.Malformed)]
    public void What_is_no_hello_is_told_apart(string octets, ClientHelloStatus expected) =>
        ClientHelloReader.Read(Encoding.Latin1.GetBytes(octets), new byte[ClientHelloReader.MostOctets], out _).ShouldBe(expected);

    [Theory]
    [InlineData("acme-tls/1", true)]
    [InlineData("acme-tls/2", false)]
    public void An_acme_challenge_is_recognised_by_its_only_protocol(string protocol, bool isChallenge)
    {
        byte[] list = [(byte)protocol.Length, .. Encoding.ASCII.GetBytes(protocol)];
        new ClientHelloFacts(default, list).IsAcmeChallenge.ShouldBe(isChallenge);
        new ClientHelloFacts(default, [.. list, 2, (byte)'h', (byte)'2']).IsAcmeChallenge.ShouldBeFalse();
    }

    [Theory]
    [InlineData("bad name", null)]
    [InlineData("a.test\0.evil", null)]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("UPPER.test", "UPPER.test")]
    public void A_server_name_that_is_no_host_name_is_left_out(string name, string? expected)
    {
        byte[] message = Message(Extension(0, ServerName(name)));
        ClientHelloReader.TryParse(message, out ClientHelloFacts facts).ShouldBeTrue();
        (facts.ServerName.IsEmpty ? null : Encoding.ASCII.GetString(facts.ServerName)).ShouldBe(expected);
    }

    [Fact]
    public void An_extension_twice_or_cut_short_is_refused()
    {
        byte[] name = Extension(0, ServerName("a.test"));
        ClientHelloReader.TryParse(Message([.. name, .. name]), out _).ShouldBeFalse();
        ClientHelloReader.TryParse(Message(name[..^1]), out _).ShouldBeFalse();
        ClientHelloReader.TryParse(Message(Extension(16, [0, 3, 5, 1, 1])), out ClientHelloFacts facts).ShouldBeTrue();
        AlpnList.Find(facts.Protocols, "h2"u8).ShouldBe(-1);
        ClientHelloReader.TryParse(Message([]), out _).ShouldBeTrue();
    }

    [Fact]
    public void Octets_turned_over_at_random_never_read_beyond_what_is_there()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[] scratch = new byte[ClientHelloReader.MostOctets];
        int complete = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] octets = _hello[..random.Next(_hello.Length + 1)];
            if (random.Next(3) == 0)
            {
                octets = [.. _hello];
            }

            for (int change = random.Next(6); change > 0 && octets.Length > 0; change--)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            }

            ClientHelloStatus status = ClientHelloReader.Read(octets, scratch, out ReadOnlySpan<byte> message);
            if (status == ClientHelloStatus.Complete)
            {
                complete++;
                message.Length.ShouldBeLessThanOrEqualTo(ClientHelloReader.MostOctets, $"seed {seed}");
                if (ClientHelloReader.TryParse(message, out ClientHelloFacts facts))
                {
                    facts.ServerName.Length.ShouldBeLessThanOrEqualTo(253, $"seed {seed}");
                }
            }
        }

        complete.ShouldBeGreaterThan(0, $"seed {seed}");
    }

    private static byte[] Record()
    {
        using TestLoop test = new();
        using TlsClientContext client = TlsClientContext.Create(new TlsClientOptions { ServerName = "shop.example.test" }, out _).ShouldNotBeNull();
        MemoryConnection connection = test.Connect();
        connection.ConnectTls(client);
        connection.TryRead().ShouldBe(ReadStatus.Pending);
        byte[] octets = connection.Sent.ToArray();
        connection.Close();
        test.Turn();
        return octets;
    }

    private static byte[] Message(byte[] extensions)
    {
        byte[] body = [3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0, .. Number(extensions.Length), .. extensions];
        return [1, 0, .. Number(body.Length), .. body];
    }

    private static byte[] Extension(ushort type, byte[] content) => [.. Number(type), .. Number(content.Length), .. content];

    private static byte[] ServerName(string name) =>
        [.. Number(name.Length + 3), 0, .. Number(name.Length), .. Encoding.ASCII.GetBytes(name)];

    private static byte[] Number(int value)
    {
        byte[] octets = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)value);
        return octets;
    }
}
