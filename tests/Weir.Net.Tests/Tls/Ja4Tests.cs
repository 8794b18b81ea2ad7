using System.Buffers.Binary;
using System.Text;
using Weir.Net.Tls;

namespace Weir.Net.Tests.Tls;

public sealed class Ja4Tests
{
    private static readonly ushort[] _suites =
        [0x1A1A, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035];

    // The order is one of a browser that shuffles; the signature algorithms keep theirs.
    private static readonly ushort[] _extensions =
        [0x2A2A, 0x001B, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002D, 0x000D, 0x0005, 0x0023, 0x0012, 0x002B, 0xFF01, 0x000B, 0x000A, 0x0015];

    [Fact]
    public void A_browsers_hello_has_its_known_fingerprint() =>
        Ja4.Of(Hello(_suites, _extensions)).ShouldBe("t13d1516h2_8daaf6152771_e5627efa2ab1");

    [Fact]
    public void Order_and_GREASE_do_not_matter() =>
        Ja4.Of(Hello([.. _suites.Reverse(), 0x3A3A], [.. _extensions.Reverse(), 0xBABA])).ShouldBe("t13d1516h2_8daaf6152771_e5627efa2ab1");

    [Fact]
    public void A_hello_without_extensions_has_no_second_hash()
    {
        string fingerprint = Ja4.Of(Hello([0x0035], [])).ShouldNotBeNull();
        fingerprint.ShouldStartWith("t12i010000_");
        fingerprint.ShouldEndWith("_000000000000");
    }

    [Fact]
    public void Whatever_is_cut_or_changed_is_read_or_refused()
    {
        byte[] hello = Hello(_suites, _extensions);
        for (int length = 0; length < hello.Length; length++)
        {
            Ja4.Of(hello.AsSpan(0, length))?.Length.ShouldBe(36);
        }

        int seed = Random.Shared.Next();
        Random random = new(seed);
        for (int i = 0; i < 5000; i++)
        {
            byte[] changed = [.. hello];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Ja4.Of(changed)?.Length.ShouldBe(36, $"seed {seed}");
        }
    }

    private static byte[] Hello(ushort[] suites, ushort[] extensions)
    {
        List<byte> body = [0x03, 0x03, .. new byte[32], 0];
        body.AddRange(Vector(Numbers(suites)));
        body.AddRange([1, 0]);
        if (extensions.Length > 0)
        {
            body.AddRange(Vector([.. extensions.SelectMany(type => (byte[])[.. Number(type), .. Vector(ContentOf(type))])]));
        }

        return [1, 0, (byte)(body.Count >> 8), (byte)body.Count, .. body];
    }

    private static byte[] ContentOf(ushort type) => type switch
    {
        0x0000 => [0, 6, 0, 0, 3, .. "a.b"u8],
        0x0010 => [0, 12, 2, .. "h2"u8, 8, .. "http/1.1"u8],
        0x002B => [7, 0x0A, 0x0A, 3, 4, 3, 3, 0],
        0x000D => [0, 16, .. Numbers([0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601])],
        _ => Encoding.ASCII.GetBytes("xyz"),
    };

    private static byte[] Vector(byte[] content) => [.. Number((ushort)content.Length), .. content];

    private static byte[] Numbers(ushort[] numbers) => [.. numbers.SelectMany(Number)];

    private static byte[] Number(ushort number)
    {
        byte[] octets = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, number);
        return octets;
    }
}
