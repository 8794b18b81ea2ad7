using Weir.Http.Http2;

namespace Weir.Http.Tests.Http2;

/// <summary>RFC 9113 sections 4 and 6: what a frame may be by itself.</summary>
public sealed class FrameRuleTests
{
    [Fact]
    public void A_header_comes_back_as_it_was_and_the_reserved_bit_is_ignored()
    {
        byte[] octets = new byte[9];
        new FrameHeader(0x123456, FrameType.Headers, 0x2D, 0x7FFFFFFE).Write(octets);
        octets.ShouldBe([0x12, 0x34, 0x56, 1, 0x2D, 0x7F, 0xFF, 0xFF, 0xFE]);
        octets[5] |= 0x80;
        FrameHeader again = FrameHeader.Read(octets);
        (again.Length, again.Type, again.Flags, again.StreamId).ShouldBe((0x123456, FrameType.Headers, (byte)0x2D, 0x7FFFFFFE));
    }

    [Theory]
    [InlineData(FrameType.Data, 16385, 0, 1, Http2ErrorCode.FrameSizeError)]
    [InlineData(FrameType.Headers, 16385, 0, 1, Http2ErrorCode.FrameSizeError)]
    [InlineData(FrameType.Data, 1, 0, 0, Http2ErrorCode.ProtocolError)]
    [InlineData(FrameType.Headers, 1, 0, 0, Http2ErrorCode.ProtocolError)]
    [InlineData(FrameType.Continuation, 1, 0, 0, Http2ErrorCode.ProtocolError)]
    [InlineData(FrameType.Priority, 5, 0, 0, Http2ErrorCode.ProtocolError)]
    [InlineData(FrameType.RstStream, 4, 0, 0, Http2ErrorCode.ProtocolError)]
    [InlineData(FrameType.RstStream, 3, 0, 1, Http2ErrorCode.FrameSizeError)]
    [InlineData(FrameType.Settings, 6, 0, 1, Http2ErrorCode.ProtocolError)]
    [InlineData(FrameType.Settings, 5, 0, 0, Http2ErrorCode.FrameSizeError)]
    [InlineData(FrameType.Settings, 6, 1, 0, Http2ErrorCode.FrameSizeError)]
    [InlineData(FrameType.PushPromise, 8, 4, 1, Http2ErrorCode.ProtocolError)]
    [InlineData(FrameType.Ping, 8, 0, 1, Http2ErrorCode.ProtocolError)]
    [InlineData(FrameType.Ping, 7, 0, 0, Http2ErrorCode.FrameSizeError)]
    [InlineData(FrameType.GoAway, 8, 0, 1, Http2ErrorCode.ProtocolError)]
    [InlineData(FrameType.GoAway, 7, 0, 0, Http2ErrorCode.FrameSizeError)]
    [InlineData(FrameType.WindowUpdate, 3, 0, 1, Http2ErrorCode.FrameSizeError)]
    [InlineData(FrameType.PriorityUpdate, 5, 0, 1, Http2ErrorCode.ProtocolError)]
    [InlineData(FrameType.PriorityUpdate, 3, 0, 0, Http2ErrorCode.FrameSizeError)]
    public void Frames_with_a_wrong_size_or_stream_end_the_connection(
        FrameType type, int length, byte flags, int stream, Http2ErrorCode code)
    {
        Http2Fault fault = FrameRules.CheckHeader(new FrameHeader(length, type, flags, stream), FrameHeader.DefaultMaxPayload);
        fault.IsSet.ShouldBeTrue();
        fault.IsStream.ShouldBeFalse();
        fault.Code.ShouldBe(code);
    }

    [Fact]
    public void A_PRIORITY_frame_of_another_size_ends_its_stream_only()
    {
        Http2Fault fault = FrameRules.CheckHeader(new FrameHeader(4, FrameType.Priority, 0, 1), FrameHeader.DefaultMaxPayload);
        (fault.IsStream, fault.Code).ShouldBe((true, Http2ErrorCode.FrameSizeError));
    }

    [Fact]
    public void Unknown_types_are_no_fault() =>
        FrameRules.CheckHeader(new FrameHeader(7, (FrameType)0x77, 0xFF, 9), FrameHeader.DefaultMaxPayload).IsSet.ShouldBeFalse();

    [Theory]
    [InlineData("", 8, Http2ErrorCode.FrameSizeError)]
    [InlineData("01", 8, Http2ErrorCode.ProtocolError)]
    [InlineData("036162", 8, Http2ErrorCode.ProtocolError)]
    [InlineData("00000000", 32, Http2ErrorCode.FrameSizeError)]
    [InlineData("020000000010ff", 40, Http2ErrorCode.ProtocolError)]
    public void Padding_and_priority_must_fit_into_their_frame(string payload, byte flags, Http2ErrorCode code)
    {
        byte[] octets = Convert.FromHexString(payload);
        ReadOnlySpan<byte> rest = octets;
        Http2Fault fault = FrameRules.Unwrap(new FrameHeader(octets.Length, FrameType.Headers, flags, 1), ref rest);
        (fault.IsSet, fault.IsStream, fault.Code).ShouldBe((true, false, code));
    }

    [Fact]
    public void Padding_and_priority_are_taken_off()
    {
        byte[] octets = Convert.FromHexString("02" + "80000003" + "10" + "8286" + "0000");
        ReadOnlySpan<byte> rest = octets;
        FrameRules.Unwrap(new FrameHeader(octets.Length, FrameType.Headers, 40, 1), ref rest).IsSet.ShouldBeFalse();
        rest.ToArray().ShouldBe([0x82, 0x86]);
    }

    [Fact]
    public void A_stream_that_depends_on_itself_is_refused()
    {
        byte[] octets = Convert.FromHexString("8000000110" + "82");
        ReadOnlySpan<byte> rest = octets;
        Http2Fault fault = FrameRules.Unwrap(new FrameHeader(octets.Length, FrameType.Headers, 32, 1), ref rest);
        (fault.IsStream, fault.Code).ShouldBe((true, Http2ErrorCode.ProtocolError));
        rest.ToArray().ShouldBe([0x82]);
        FrameRules.CheckPriority(5, octets).IsSet.ShouldBeFalse();
    }

    [Theory]
    [InlineData(2, 2u, Http2ErrorCode.ProtocolError)]
    [InlineData(4, 0x80000000u, Http2ErrorCode.FlowControlError)]
    [InlineData(5, 16383u, Http2ErrorCode.ProtocolError)]
    [InlineData(5, 16777216u, Http2ErrorCode.ProtocolError)]
    [InlineData(8, 2u, Http2ErrorCode.ProtocolError)]
    [InlineData(9, 2u, Http2ErrorCode.ProtocolError)]
    public void Settings_out_of_range_end_the_connection(int id, uint value, Http2ErrorCode code)
    {
        Http2Settings settings = new();
        Http2Fault fault = settings.Apply(Entry(id, value), isFromServer: false);
        (fault.IsSet, fault.IsStream, fault.Code).ShouldBe((true, false, code));
    }

    [Fact]
    public void Settings_are_taken_over_in_order_and_unknown_ones_ignored()
    {
        Http2Settings settings = new();
        settings.Apply([.. Entry(4, 1), .. Entry(0x99, 7), .. Entry(4, 0x7FFFFFFF), .. Entry(1, 0), .. Entry(5, 16777215)], false).IsSet.ShouldBeFalse();
        (settings.InitialWindowSize, settings.HeaderTableSize, settings.MaxFrameSize).ShouldBe((int.MaxValue, 0, 16777215));
        settings.Apply(Entry(9, 1), false).IsSet.ShouldBeTrue();
    }

    [Fact]
    public void A_server_never_allows_push()
    {
        Http2Settings settings = new();
        settings.Apply(Entry(2, 1), isFromServer: true).Code.ShouldBe(Http2ErrorCode.ProtocolError);
        settings.Apply(Entry(2, 1), isFromServer: false).IsSet.ShouldBeFalse();
    }

    [Fact]
    public void Written_settings_are_read_again()
    {
        Http2Settings settings = new() { MaxConcurrentStreams = 100, MaxHeaderListSize = 32768, NoPriorities = true, EnableConnectProtocol = true, InitialWindowSize = 1 << 20 };
        byte[] octets = new byte[64];
        int length = settings.Write(octets, isServer: true);
        Http2Settings again = new();
        again.Apply(octets.AsSpan(0, length), isFromServer: true).IsSet.ShouldBeFalse();
        (again.MaxConcurrentStreams, again.MaxHeaderListSize, again.NoPriorities, again.EnableConnectProtocol, again.InitialWindowSize)
            .ShouldBe((100, 32768, true, true, 1 << 20));
    }

    [Fact]
    public void A_window_may_become_negative_but_not_too_large()
    {
        FlowWindow window = new(10);
        window.TryTake(10).ShouldBeTrue();
        window.TryShift(-30).ShouldBeTrue();
        (window.Octets, window.Available).ShouldBe((-30, 0));
        window.TryTake(1).ShouldBeFalse();
        window.TryOpen(31).ShouldBeTrue();
        window.Available.ShouldBe(1);
        window.TryOpen(int.MaxValue).ShouldBeFalse();
        window.TryOpen(int.MaxValue - 1).ShouldBeTrue();
    }

    private static byte[] Entry(int id, uint value) =>
        [(byte)(id >> 8), (byte)id, (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
