using System.Buffers.Binary;

namespace Weir.Http.Http2;

/// <summary>What a side asks of the other (RFC 9113 section 6.5.2, RFC 8441 section 3, RFC 9218 section 2.1), with the defaults.</summary>
public struct Http2Settings
{
    /// <summary>Octets of one setting.</summary>
    public const int EntryOctets = 6;

    /// <summary>A window before anybody says otherwise.</summary>
    public const int DefaultWindow = 65_535;

    private const int HeaderTableSizeId = 1;
    private const int EnablePushId = 2;
    private const int MaxConcurrentStreamsId = 3;
    private const int InitialWindowSizeId = 4;
    private const int MaxFrameSizeId = 5;
    private const int MaxHeaderListSizeId = 6;
    private const int EnableConnectProtocolId = 8;
    private const int NoPrioritiesId = 9;

    private bool _isRead;

    /// <summary>The defaults.</summary>
    public Http2Settings()
    {
    }

    /// <summary>The largest table that its decoder allows.</summary>
    public int HeaderTableSize { get; set; } = Hpack.HpackSize.DefaultTable;

    /// <summary>
    /// The smallest <see cref="HeaderTableSize"/> that the last frame went through: RFC 7541 section 4.2 wants it said to the decoder.
    /// </summary>
    public int SmallestHeaderTableSize { get; private set; } = Hpack.HpackSize.DefaultTable;

    /// <summary>Whether it takes pushes.</summary>
    public bool EnablePush { get; set; } = true;

    /// <summary>Streams that the other side may have open; what is larger than an int counts as no bound.</summary>
    public int MaxConcurrentStreams { get; set; } = int.MaxValue;

    /// <summary>The window of a new stream.</summary>
    public int InitialWindowSize { get; set; } = DefaultWindow;

    /// <summary>The largest payload.</summary>
    public int MaxFrameSize { get; set; } = FrameHeader.DefaultMaxPayload;

    /// <summary>The largest list of fields, as HPACK counts; a hint.</summary>
    public int MaxHeaderListSize { get; set; } = int.MaxValue;

    /// <summary>Whether extended CONNECT may be used (RFC 8441).</summary>
    public bool EnableConnectProtocol { get; set; }

    /// <summary>Whether the old priority tree is not used (RFC 9218).</summary>
    public bool NoPriorities { get; set; }

    /// <summary>Takes over what a SETTINGS frame says, in order; values of unknown settings are ignored (RFC 9113 section 6.5.2).</summary>
    /// <param name="payload">A multiple of <see cref="EntryOctets"/>.</param>
    /// <param name="isFromServer">Whether a server sent it.</param>
    public Http2Fault Apply(ReadOnlySpan<byte> payload, bool isFromServer)
    {
        SmallestHeaderTableSize = HeaderTableSize;
        for (; !payload.IsEmpty; payload = payload[EntryOctets..])
        {
            Http2Fault fault = ApplyOne(
                BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt32BigEndian(payload[2..]), isFromServer);
            if (fault.IsSet)
            {
                return fault;
            }
        }

        _isRead = true;
        return default;
    }

    /// <summary>Writes what differs from the defaults and what a peer should be told; returns the octets.</summary>
    public readonly int Write(Span<byte> target, bool isServer)
    {
        int at = 0;
        Put(target, ref at, HeaderTableSizeId, HeaderTableSize, Hpack.HpackSize.DefaultTable);
        if (!isServer)
        {
            Put(target, ref at, EnablePushId, EnablePush ? 1 : 0, 1);
        }

        Put(target, ref at, MaxConcurrentStreamsId, MaxConcurrentStreams, int.MaxValue);
        Put(target, ref at, InitialWindowSizeId, InitialWindowSize, DefaultWindow);
        Put(target, ref at, MaxFrameSizeId, MaxFrameSize, FrameHeader.DefaultMaxPayload);
        Put(target, ref at, MaxHeaderListSizeId, MaxHeaderListSize, int.MaxValue);
        Put(target, ref at, EnableConnectProtocolId, EnableConnectProtocol ? 1 : 0, 0);
        Put(target, ref at, NoPrioritiesId, NoPriorities ? 1 : 0, 0);
        return at;
    }

    private static void Put(Span<byte> target, ref int at, ushort id, int value, int unlessItIs)
    {
        if (value == unlessItIs)
        {
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(target[at..], id);
        BinaryPrimitives.WriteUInt32BigEndian(target[(at + 2)..], (uint)value);
        at += EntryOctets;
    }

    private Http2Fault ApplyOne(int id, uint value, bool isFromServer)
    {
        switch (id)
        {
            case HeaderTableSizeId:
                HeaderTableSize = (int)Math.Min(value, int.MaxValue);
                SmallestHeaderTableSize = Math.Min(SmallestHeaderTableSize, HeaderTableSize);
                return default;
            case EnablePushId:
                // RFC 9113 section 6.5.2: a server never says 1.
                EnablePush = value == 1;
                return value > 1 || (isFromServer && value == 1) ? Bad("SETTINGS_ENABLE_PUSH") : default;
            case MaxConcurrentStreamsId:
                MaxConcurrentStreams = (int)Math.Min(value, int.MaxValue);
                return default;
            case InitialWindowSizeId:
                InitialWindowSize = (int)Math.Min(value, int.MaxValue);
                return value > int.MaxValue
                    ? Http2Fault.Connection(Http2ErrorCode.FlowControlError, "SETTINGS_INITIAL_WINDOW_SIZE is above 2^31-1")
                    : default;
            case MaxFrameSizeId:
                MaxFrameSize = (int)Math.Min(value, FrameHeader.LargestMaxPayload);
                return value is < FrameHeader.DefaultMaxPayload or > FrameHeader.LargestMaxPayload
                    ? Bad("SETTINGS_MAX_FRAME_SIZE")
                    : default;
            case MaxHeaderListSizeId:
                MaxHeaderListSize = (int)Math.Min(value, int.MaxValue);
                return default;
            case EnableConnectProtocolId:
                // RFC 8441 section 3: what was switched on is not switched off.
                bool isTakenBack = _isRead && EnableConnectProtocol && value == 0;
                EnableConnectProtocol = value == 1;
                return value > 1 || isTakenBack ? Bad("SETTINGS_ENABLE_CONNECT_PROTOCOL") : default;
            case NoPrioritiesId:
                // RFC 9218 section 2.1: the first SETTINGS frame decides.
                bool isChanged = _isRead && NoPriorities != (value == 1);
                NoPriorities = value == 1;
                return value > 1 || isChanged ? Bad("SETTINGS_NO_RFC7540_PRIORITIES") : default;
            default:
                return default;
        }
    }

    private static Http2Fault Bad(string name) =>
        Http2Fault.Connection(Http2ErrorCode.ProtocolError, $"{name} has a value that it cannot have");
}
