using System.Text;
using Weir.Http.Http2;

namespace Weir.InMemory.Tests.Harness;

/// <summary>A frame that Weir has sent; the fields of HEADERS are decoded, one line each.</summary>
internal sealed record Http2Frame(FrameType Type, byte Flags, int Stream, byte[] Payload, string Fields)
{
    public bool EndsStream => Type is FrameType.Data or FrameType.Headers && (Flags & FrameFlags.EndStream) != 0;

    public string Text => Encoding.Latin1.GetString(Payload);

    /// <summary>The number in RST_STREAM and WINDOW_UPDATE, and the error of GOAWAY.</summary>
    public int Number => BitConverter.ToInt32([.. Payload.Skip(Type == FrameType.GoAway ? 4 : 0).Take(4).Reverse()]);

    /// <summary>The stream that GOAWAY names.</summary>
    public int LastStream => BitConverter.ToInt32([.. Payload.Take(4).Reverse()]);

    public Http2ErrorCode Code => (Http2ErrorCode)Number;

    public override string ToString() => Type switch
    {
        FrameType.Data => $"DATA {Stream}{(EndsStream ? " end" : "")} {Payload.Length}",
        FrameType.Headers => $"HEADERS {Stream}{(EndsStream ? " end" : "")} {Fields.Replace('\n', '|')}",
        FrameType.RstStream => $"RST_STREAM {Stream} {Code}",
        FrameType.GoAway => $"GOAWAY {LastStream} {Code} {Encoding.Latin1.GetString(Payload.AsSpan(8))}",
        FrameType.WindowUpdate => $"WINDOW_UPDATE {Stream} {Number}",
        _ => $"{Type} {Stream} {Flags} {Payload.Length}",
    };
}
