using System.Buffers.Binary;
using Weir.Modules.Remembering;

namespace Weir.Modules.Tests.Remembering;

public sealed class SipHash128Tests
{
    /// <summary>
    /// Of the octets 0, 1, 2 and so on, as `openssl mac -macopt hexkey:000102030405060708090a0b0c0d0e0f -macopt size:16 SIPHASH` says.
    /// </summary>
    [Theory]
    [InlineData(0, "A3817F04BA25A8E66DF67214C7550293")]
    [InlineData(1, "DA87C1D86B99AF44347659119B22FC45")]
    [InlineData(7, "A1F1EBBED8DBC153C0B84AA61FF08239")]
    [InlineData(8, "3B62A9BA6258F5610F83E264F31497B4")]
    [InlineData(15, "5493E99933B0A8117E08EC0F97CFC3D9")]
    [InlineData(63, "5150D1772F50834A503E069A973FBD7C")]
    public void It_is_what_others_compute(int length, string expected)
    {
        byte[] octets = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        (ulong first, ulong last) = SipHash128.Of(octets, 0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908);
        byte[] hash = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, first);
        BinaryPrimitives.WriteUInt64LittleEndian(hash.AsSpan(8), last);
        Convert.ToHexString(hash).ShouldBe(expected);
    }
}
