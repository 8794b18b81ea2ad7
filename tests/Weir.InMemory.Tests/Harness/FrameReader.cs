using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http2;

namespace Weir.InMemory.Tests.Harness;

/// <summary>Reads the frames that Weir has sent, with a decoder of the connection's own.</summary>
internal sealed class FrameReader
{
    private readonly HpackDecoder _decoder = new();
    private readonly List<byte> _block = [];
    private int _read;

    /// <summary>The next whole frame of everything that was sent so far; null: there is none yet.</summary>
    public Http2Frame? TryTake(ReadOnlySpan<byte> sent)
    {
        ReadOnlySpan<byte> rest = sent[_read..];
        if (rest.Length < FrameHeader.Octets)
        {
            return null;
        }

        FrameHeader header = FrameHeader.Read(rest);
        if (rest.Length < FrameHeader.Octets + header.Length)
        {
            return null;
        }

        header.Length.ShouldBeLessThanOrEqualTo(FrameHeader.DefaultMaxPayload);
        byte[] payload = rest.Slice(FrameHeader.Octets, header.Length).ToArray();
        _read += FrameHeader.Octets + header.Length;
        string fields = "";
        if (header.Type is FrameType.Headers or FrameType.Continuation)
        {
            _block.AddRange(payload);
            if (header.Has(FrameFlags.EndHeaders))
            {
                Lines lines = new();
                _decoder.Decode([.. _block], new byte[HpackDecoder.ScratchOctets(_block.Count)], lines).ShouldBe(HpackStatus.Done);
                _block.Clear();
                fields = string.Join("\n", lines.All);
            }
        }

        return new Http2Frame(header.Type, header.Flags, header.StreamId, payload, fields);
    }

    private sealed class Lines : FieldTarget
    {
        public List<string> All { get; } = [];

        public override void Take(in HpackField field)
        {
            field.Faults.ShouldBe(FieldFaults.None);
            if (field.Field is not (KnownField.Date or KnownField.Via or KnownField.XRequestId))
            {
                All.Add($"{Encoding.Latin1.GetString(field.Name)}: {Encoding.Latin1.GetString(field.Value)}");
            }
        }
    }
}
