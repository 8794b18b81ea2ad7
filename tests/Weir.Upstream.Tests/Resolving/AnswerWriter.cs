using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Weir.Upstream.Tests.Resolving;

/// <summary>Writes DNS answers for tests, octet by octet and independent of the codec under test.</summary>
internal sealed class AnswerWriter
{
    private readonly List<byte> _octets = [];

    public AnswerWriter(ushort id, string name, ushort type, int code = 0)
    {
        // QR, RD, RA; one question.
        Word(id);
        Word((ushort)(0x8180 | code));
        Word(1);
        Word(0);
        Word(0);
        Word(0);
        Name(name);
        Word(type);
        Word(1);
    }

    public static AnswerWriter To(DnsTestQuery query, int code = 0) => new(query.Id, query.Name, query.Type, code);

    public byte[] ToArray() => [.. _octets];

    public AnswerWriter Flag(int at, byte bits)
    {
        _octets[at] |= bits;
        return this;
    }

    public AnswerWriter NotRecursive()
    {
        _octets[3] &= 0x7F;
        return this;
    }

    public AnswerWriter Address(string name, string address, uint ttl = 60)
    {
        byte[] octets = IPAddress.Parse(address).GetAddressBytes();
        return Record(6, name, (ushort)(octets.Length == 4 ? 1 : 28), ttl, octets);
    }

    public AnswerWriter Alias(string name, string target, uint ttl = 60) => Record(6, name, 5, ttl, NameOctets(target));

    public AnswerWriter Server(string name, ushort priority, ushort weight, ushort port, string target, uint ttl = 60) => Record(
        6, name, 33, ttl,
        [(byte)(priority >> 8), (byte)priority, (byte)(weight >> 8), (byte)weight, (byte)(port >> 8), (byte)port, .. NameOctets(target)]);

    public AnswerWriter Zone(string name, uint ttl, uint minimum)
    {
        byte[] numbers = new byte[20];
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(16), minimum);
        return Record(8, name, 6, ttl, [.. NameOctets("ns." + name), .. NameOctets("admin." + name), .. numbers]);
    }

    public AnswerWriter NameServer(string zone, string server) => Record(8, zone, 2, 60, NameOctets(server));

    public AnswerWriter Edns(byte upperCode = 0) => Record(10, "", 41, (uint)upperCode << 24, [], kind: 1232);

    /// <summary>Appends a record and counts it in the header.</summary>
    /// <param name="countAt">6 answer, 8 authority, 10 additional.</param>
    public AnswerWriter Record(int countAt, string name, ushort type, uint ttl, byte[] content, ushort kind = 1)
    {
        int count = ((_octets[countAt] << 8) | _octets[countAt + 1]) + 1;
        _octets[countAt] = (byte)(count >> 8);
        _octets[countAt + 1] = (byte)count;
        Name(name);
        Word(type);
        Word(kind);
        Word((ushort)(ttl >> 16));
        Word((ushort)ttl);
        Word((ushort)content.Length);
        _octets.AddRange(content);
        return this;
    }

    public AnswerWriter Raw(params byte[] octets)
    {
        _octets.AddRange(octets);
        return this;
    }

    public AnswerWriter Count(int countAt, ushort count)
    {
        _octets[countAt] = (byte)(count >> 8);
        _octets[countAt + 1] = (byte)count;
        return this;
    }

    public static byte[] NameOctets(string name)
    {
        List<byte> octets = [];
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            octets.Add((byte)label.Length);
            octets.AddRange(Encoding.Latin1.GetBytes(label));
        }

        octets.Add(0);
        return [.. octets];
    }

    private void Name(string name) => _octets.AddRange(NameOctets(name));

    private void Word(ushort value)
    {
        _octets.Add((byte)(value >> 8));
        _octets.Add((byte)value);
    }
}
