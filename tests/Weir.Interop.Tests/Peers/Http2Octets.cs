using System.Buffers.Binary;
using System.Text;
using Weir.Http.Http2;

namespace Weir.Interop.Tests.Peers;

/// <summary>Frames of HTTP/2, octet by octet, for clients that misbehave.</summary>
internal static class Http2Octets
{
    /// <summary>What every client says first: the preface, SETTINGS, and that it took Weir's.</summary>
    public static byte[] Greeting(params byte[] settings) =>
        [.. Preface.Octets, .. Frame(FrameType.Settings, 0, 0, settings), .. Frame(FrameType.Settings, FrameFlags.Ack, 0)];

    public static byte[] Frame(FrameType type, byte flags, int stream, params byte[] payload)
    {
        byte[] frame = new byte[FrameHeader.Octets + payload.Length];
        new FrameHeader(payload.Length, type, flags, stream).Write(frame);
        payload.CopyTo(frame, FrameHeader.Octets);
        return frame;
    }

    public static byte[] Setting(int id, uint value) => [(byte)(id >> 8), (byte)id, .. Number(value)];

    public static byte[] Number(uint value)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return octets;
    }

    /// <summary>A block of literals that nobody indexes, names and values in turn.</summary>
    public static byte[] Block(params string[] fields) => [.. fields.SelectMany(Text)];

    /// <summary>A request's head.</summary>
    public static byte[] Request(int stream, bool ends, string method, string path, params string[] more) => Frame(
        FrameType.Headers, (byte)(FrameFlags.EndHeaders | (ends ? FrameFlags.EndStream : 0)), stream, Head(method, path, more));

    public static byte[] Head(string method, string path, params string[] more) =>
        Block([":method", method, ":scheme", "http", ":path", path, ":authority", "a.example", .. more]);

    // A literal without indexing begins with a zero before its name.
    private static IEnumerable<byte> Text(string text, int index)
    {
        if (index % 2 == 0)
        {
            yield return 0;
        }

        int rest = text.Length - 127;
        yield return (byte)Math.Min(text.Length, 127);
        if (rest >= 0)
        {
            for (; rest >= 128; rest >>= 7)
            {
                yield return (byte)(rest | 128);
            }

            yield return (byte)rest;
        }

        foreach (byte octet in Encoding.Latin1.GetBytes(text))
        {
            yield return octet;
        }
    }
}
