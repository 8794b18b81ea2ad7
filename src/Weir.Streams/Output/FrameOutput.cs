// Hot: every frame that leaves passes here.
using System.Buffers.Binary;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http2;
using Weir.Net.Connections;
using Weir.Net.Loops;

namespace Weir.Streams.Output;

/// <summary>
/// Puts frames into a connection's output, where those of one turn gather and leave together. Control frames always find a place: in
/// what data leaves free, else in a small backlog, which is bounded because a connection without room reads nothing.
/// </summary>
public sealed class FrameOutput
{
    private const int MostBacklog = 16 * 1024;

    private readonly Connection _connection;
    private readonly HpackEncoder _encoder = new();
    private byte[] _backlog = [];
    private int _backlogCount;

    /// <summary>The output of that connection.</summary>
    public FrameOutput(Connection connection) => _connection = connection;

    /// <summary>Encodes what is sent.</summary>
    public HpackEncoder Encoder => _encoder;

    /// <summary>The peer's SETTINGS_MAX_FRAME_SIZE, as far as it is used.</summary>
    public int MaxPayload { get; private set; } = FrameHeader.DefaultMaxPayload;

    /// <summary>Whether the backlog is more than any honest peer brings about.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Whether anything waits to leave.</summary>
    public bool HasOctets => _connection.OutputCount > 0 || _backlogCount > 0;

    /// <summary>Whether frames that ask for an answer can be read.</summary>
    public bool HasRoomForControl =>
        _connection.OutputCount == 0 ? _backlogCount == 0 : !_connection.OutputSpace(StreamLimits.ControlReserve).IsEmpty;

    /// <summary>Moves the backlog into the output, after a flush.</summary>
    public void MoveBacklog()
    {
        if (_backlogCount == 0)
        {
            return;
        }

        Span<byte> space = _connection.OutputSpace(_backlogCount);
        if (space.IsEmpty)
        {
            return;
        }

        _backlog.AsSpan(0, _backlogCount).CopyTo(space);
        _connection.CommitOutput(_backlogCount);
        _backlogCount = 0;
        _backlog = [];
    }

    /// <summary>RST_STREAM.</summary>
    public void WriteReset(int streamId, Http2ErrorCode code) => WriteUInt(FrameType.RstStream, streamId, (uint)code);

    /// <summary>WINDOW_UPDATE.</summary>
    public void WriteWindowUpdate(int streamId, int octets) => WriteUInt(FrameType.WindowUpdate, streamId, (uint)octets);

    /// <summary>PING: eight octets.</summary>
    public void WritePing(ReadOnlySpan<byte> payload, bool isAck) =>
        WriteControl(FrameType.Ping, isAck ? FrameFlags.Ack : (byte)0, payload);

    /// <summary>
    /// From here on the peer's settings count, and it is told so. RFC 7541 section 4.2: of several table sizes the smallest one is
    /// confirmed too.
    /// </summary>
    public void AcceptSettings(Http2Settings peer)
    {
        _encoder.SetAllowedSize(peer.SmallestHeaderTableSize);
        _encoder.SetAllowedSize(peer.HeaderTableSize);
        MaxPayload = Math.Min(peer.MaxFrameSize, FrameHeader.DefaultMaxPayload);
        WriteControl(FrameType.Settings, FrameFlags.Ack, default);
    }

    /// <summary>SETTINGS of a server, or, behind the preface, of a client (RFC 9113 section 3.4).</summary>
    public void WriteSettings(in Http2Settings settings, bool isServer)
    {
        if (!isServer)
        {
            Put(Preface.Octets);
        }

        Span<byte> payload = stackalloc byte[64];
        int length = settings.Write(payload, isServer);
        WriteControl(FrameType.Settings, 0, payload[..length]);
    }

    /// <summary>GOAWAY.</summary>
    public void WriteGoAway(int lastStreamId, Http2ErrorCode code, string text)
    {
        Span<byte> payload = stackalloc byte[8 + 128];
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStreamId);
        BinaryPrimitives.WriteInt32BigEndian(payload[4..], (int)code);
        System.Text.Encoding.ASCII.TryGetBytes(text.AsSpan(0, Math.Min(text.Length, 128)), payload[8..], out int written);
        WriteControl(FrameType.GoAway, 0, payload[..(8 + written)]);
    }

    /// <summary>Writes HEADERS, with CONTINUATION where the block is larger than a frame. The octets, or why not.</summary>
    public WriteProgress TryWriteHead(int streamId, ResponseHead head, in HeadForm form, out int written)
    {
        written = 0;
        WriteProgress progress = TryGetBlockSpace(ResponseBlockWriter.MostOctets(head.Fields), out Span<byte> space);
        if (progress == WriteProgress.Done)
        {
            int length = ResponseBlockWriter.WriteHead(
                _encoder, head, form.Status, form.Length, form.KeepsLength, space[FrameHeader.Octets..]);
            written = CommitBlock(space, streamId, length, form.EndsStream);
        }

        return progress;
    }

    /// <summary>Writes the HEADERS of a request.</summary>
    public WriteProgress TryWriteRequest(int streamId, RequestHead head, in RequestBlockOptions options, bool endsStream, out int written)
    {
        written = 0;
        WriteProgress progress = TryGetBlockSpace(RequestBlockWriter.MostOctets(head), out Span<byte> space);
        if (progress == WriteProgress.Done)
        {
            int length = RequestBlockWriter.Write(_encoder, head, options, space[FrameHeader.Octets..]);
            written = CommitBlock(space, streamId, length, endsStream);
        }

        return progress;
    }

    /// <summary>Writes trailers, which end the stream.</summary>
    public WriteProgress TryWriteTrailers(int streamId, HeaderFields trailers, out int written)
    {
        written = 0;
        WriteProgress progress = TryGetBlockSpace(ResponseBlockWriter.MostOctets(trailers), out Span<byte> space);
        if (progress == WriteProgress.Done)
        {
            int length = ResponseBlockWriter.WriteTrailers(_encoder, trailers, space[FrameHeader.Octets..]);
            written = CommitBlock(space, streamId, length, endsStream: true);
        }

        return progress;
    }

    /// <summary>Writes one DATA frame of as many octets as there is room for, up to the given; -1: no room, -2: no memory.</summary>
    public int TryWriteData(int streamId, NativeSlice octets, int most, bool endsStream)
    {
        if (_backlogCount > 0)
        {
            return -1;
        }

        bool isEmpty = _connection.OutputCount == 0;
        int least = FrameHeader.Octets + StreamLimits.ControlReserve + Math.Min(most, 1024);
        Span<byte> space = default;
        if (isEmpty && octets.Length > Loop.SmallBufferOctets / 2)
        {
            _connection.ReleaseEmptyOutput();
            space = _connection.OutputSpace(Loop.LargeBufferOctets);
        }

        if (space.IsEmpty)
        {
            space = _connection.OutputSpace(least);
        }

        if (space.IsEmpty)
        {
            return isEmpty ? -2 : -1;
        }

        int count = Math.Min(Math.Min(most, MaxPayload), space.Length - FrameHeader.Octets - StreamLimits.ControlReserve);
        bool isEnd = endsStream && count == octets.Length;
        new FrameHeader(count, FrameType.Data, isEnd ? FrameFlags.EndStream : (byte)0, streamId).Write(space);
        octets.Span[..count].CopyTo(space[FrameHeader.Octets..]);
        _connection.CommitOutput(FrameHeader.Octets + count);
        return count;
    }

    private WriteProgress TryGetBlockSpace(int blockOctets, out Span<byte> space)
    {
        space = default;
        if (_backlogCount > 0)
        {
            return WriteProgress.NoRoom;
        }

        int octets = blockOctets + FrameHeader.Octets + (blockOctets / MaxPayload * FrameHeader.Octets) + StreamLimits.ControlReserve;
        if (octets > Loop.LargeBufferOctets)
        {
            return WriteProgress.NoMemory;
        }

        bool isEmpty = _connection.OutputCount == 0;
        if (isEmpty)
        {
            _connection.ReleaseEmptyOutput();
        }

        space = _connection.OutputSpace(octets);
        return !space.IsEmpty ? WriteProgress.Done : isEmpty ? WriteProgress.NoMemory : WriteProgress.NoRoom;
    }

    // The block lies behind room for one header.
    private int CommitBlock(Span<byte> space, int streamId, int length, bool endsStream)
    {
        byte flags = endsStream ? FrameFlags.EndStream : (byte)0;
        if (length <= MaxPayload)
        {
            new FrameHeader(length, FrameType.Headers, (byte)(flags | FrameFlags.EndHeaders), streamId).Write(space);
            _connection.CommitOutput(FrameHeader.Octets + length);
            return FrameHeader.Octets + length;
        }

        int pieces = (length + MaxPayload - 1) / MaxPayload;
        for (int piece = pieces - 1; piece >= 0; piece--)
        {
            int start = piece * MaxPayload;
            int count = Math.Min(MaxPayload, length - start);
            Span<byte> target = space[(start + (piece * FrameHeader.Octets))..];
            space.Slice(FrameHeader.Octets + start, count).CopyTo(target[FrameHeader.Octets..]);
            byte pieceFlags = (byte)((piece == 0 ? flags : 0) | (piece == pieces - 1 ? FrameFlags.EndHeaders : 0));
            new FrameHeader(count, piece == 0 ? FrameType.Headers : FrameType.Continuation, pieceFlags, streamId).Write(target);
        }

        int octets = length + (pieces * FrameHeader.Octets);
        _connection.CommitOutput(octets);
        return octets;
    }

    private void WriteUInt(FrameType type, int streamId, uint value)
    {
        Span<byte> frame = stackalloc byte[FrameHeader.Octets + sizeof(uint)];
        new FrameHeader(sizeof(uint), type, 0, streamId).Write(frame);
        BinaryPrimitives.WriteUInt32BigEndian(frame[FrameHeader.Octets..], value);
        Put(frame);
    }

    private void WriteControl(FrameType type, byte flags, ReadOnlySpan<byte> payload)
    {
        Span<byte> frame = stackalloc byte[FrameHeader.Octets + payload.Length];
        new FrameHeader(payload.Length, type, flags, 0).Write(frame);
        payload.CopyTo(frame[FrameHeader.Octets..]);
        Put(frame);
    }

    private void Put(ReadOnlySpan<byte> frame)
    {
        Span<byte> space = _backlogCount == 0 ? _connection.OutputSpace(frame.Length) : default;
        if (!space.IsEmpty)
        {
            frame.CopyTo(space);
            _connection.CommitOutput(frame.Length);
            return;
        }

        int count = _backlogCount + frame.Length;
        if (count > MostBacklog)
        {
            IsOverfull = true;
            return;
        }

        if (count > _backlog.Length)
        {
            Array.Resize(ref _backlog, Math.Min(Math.Max(count * 2, 256), MostBacklog));
        }

        frame.CopyTo(_backlog.AsSpan(_backlogCount));
        _backlogCount = count;
    }
}
