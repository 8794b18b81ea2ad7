using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http1;
using Weir.Http.Http2;
using Weir.Http.Tests.Hpack;

namespace Weir.Http.Tests.Http2;

/// <summary>RFC 9113 section 8: which fields make a request, and what becomes of it in HTTP/1.1.</summary>
public sealed class RequestHeadTests
{
    private const string Get = ":method=GET|:scheme=http|:path=/|:authority=a.example";

    [Theory]
    [InlineData(Get, "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData(Get + "|x-a=1|x-b=2", "GET / HTTP/1.1\r\nHost: a.example\r\nx-a: 1\r\nx-b: 2\r\n\r\n")]
    [InlineData(":authority=A.Example:80|:path=/a/../b%41?q=1|:scheme=https|:method=GET", "GET /bA?q=1 HTTP/1.1\r\nHost: a.example:80\r\n\r\n")]
    [InlineData(":method=OPTIONS|:scheme=http|:path=*|:authority=a", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(":method=GET|:scheme=http|:path=/|host=a.example", "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData(Get + "|host=A.example", "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData(Get + "|host=A.example:80|x=1", "GET / HTTP/1.1\r\nHost: a.example\r\nx: 1\r\n\r\n")]
    [InlineData(":method=GET|:scheme=https|:path=/|:authority=a.example:443|host=a.example", "GET / HTTP/1.1\r\nHost: a.example:443\r\n\r\n")]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=a.example.|host=a.example", "GET / HTTP/1.1\r\nHost: a.example.\r\n\r\n")]
    [InlineData(Get + "|te=Trailers", "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData(Get + "|cookie=a=1|x=y|cookie=b=2", "GET / HTTP/1.1\r\nHost: a.example\r\nx: y\r\nCookie: a=1; b=2\r\n\r\n")]
    [InlineData(Get + "|te=trailers", "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData(Get + "|x_forwarded_for=1", "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    public void A_sound_request_becomes_this(string fields, string written) => Judge(fields).ShouldBe(written);

    [Theory]
    [InlineData("user-agent")]
    [InlineData("x-secret")]
    public void What_a_sender_forbids_to_index_is_forwarded_so(string name)
    {
        RequestHead head = new();
        Http2RequestTarget target = new();
        target.Begin(head, HeadLimits.Default);
        byte[] text = Encoding.ASCII.GetBytes(name);
        byte[] literal = [0x10, (byte)text.Length, .. text, 1, (byte)'v'];
        new HpackDecoder().Decode(literal, new byte[1024], target).ShouldBe(HpackStatus.Done);
        RequestHead copy = new();
        head.Fields.CopyTo(copy.Fields);

        HpackEncoder encoder = new();
        byte[] written = new byte[1024];
        for (int i = 0; i < 2; i++)
        {
            int at = ResponseBlockWriter.WriteFields(encoder, copy.Fields, 0, written, 0);
            (written[0] & 0xF0).ShouldBe(0x10);
            encoder.TableSize.ShouldBe(0);
            TakenFields.Decode(new HpackDecoder(), written[..at]).ShouldBe((HpackStatus.Done, $"{name}: v"));
        }
    }

    [Theory]
    [InlineData(":scheme=http|:path=/|:authority=a")]
    [InlineData(":method=GET|:path=/|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:path=|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:path=x|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:path=http://b/|:authority=a")]
    [InlineData(Get + "|:method=GET")]
    [InlineData(Get + "|:path=/")]
    [InlineData(Get + "|:status=200")]
    [InlineData(Get + "|:unknown=1")]
    [InlineData(":method=GET|x=1|:scheme=http|:path=/|:authority=a")]
    [InlineData(Get + "|X-Upper=1")]
    [InlineData(Get + "|connection=close")]
    [InlineData(Get + "|keep-alive=1")]
    [InlineData(Get + "|proxy-connection=close")]
    [InlineData(Get + "|transfer-encoding=chunked")]
    [InlineData(Get + "|upgrade=websocket")]
    [InlineData(Get + "|te=gzip")]
    [InlineData(Get + "|te=trailers, gzip")]
    [InlineData(Get + "|x=1\r\nEvil: 2")]
    [InlineData(Get + "|x\r\n=1")]
    [InlineData(Get + "|x = 1")]
    [InlineData(Get + "|x= 1")]
    [InlineData(Get + "|x=1\n")]
    [InlineData(Get + "|x=\0")]
    [InlineData(Get + "|=1")]
    [InlineData(Get + "|host=b.example")]
    [InlineData(Get + "|host=a.example:443")]
    [InlineData(Get + "|host=a.example:81")]
    [InlineData(Get + "|host=a.example@b.example")]
    [InlineData(Get + "|host=")]
    [InlineData(Get + "|content-length=1")]
    [InlineData(":method=GET |:scheme=http|:path=/|:authority=a")]
    [InlineData(":method=G T|:scheme=http|:path=/|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:path=/ HTTP/1.1\r\nX: y|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=u@a")]
    [InlineData(":method=CONNECT|:authority=a:1|:path=/")]
    [InlineData(":method=CONNECT|:authority=a:1|:scheme=http")]
    [InlineData(":method=CONNECT|:authority=a:1|:scheme=http|:path=/|:protocol=websocket")]
    [InlineData(":method=CONNECT")]
    public void A_malformed_request_is_a_stream_error(string fields) => Judge(fields).ShouldBe("MalformedHttp2");

    [Theory]
    [InlineData(":method=GET|:scheme=ftp|:path=/|:authority=a", RejectReason.BadScheme)]
    [InlineData(":method=GET|:scheme=http|:path=/", RejectReason.MissingHost)]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=", RejectReason.EmptyHost)]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=a b", RejectReason.BadHost)]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=a,b", RejectReason.BadHost)]
    [InlineData(Get + "|host=a.example|host=a.example", RejectReason.RepeatedHost)]
    [InlineData(":method=GET|:scheme=http|:path=/a b|:authority=a", RejectReason.BadPathOctet)]
    [InlineData(":method=GET|:scheme=http|:path=/../a|:authority=a", RejectReason.PathAboveRoot)]
    [InlineData(":method=GET|:scheme=http|:path=/a#b|:authority=a", RejectReason.FragmentInTarget)]
    [InlineData(":method=GET|:scheme=http|:path=*|:authority=a", RejectReason.AsteriskNotAllowed)]
    [InlineData(":method=CONNECT|:authority=a", RejectReason.BadConnectTarget)]
    [InlineData(Get + "|content-length=x", RejectReason.BadContentLength)]
    [InlineData(Get + "|content-length=1|content-length=2", RejectReason.ConflictingContentLengths)]
    public void What_HTTP1_refuses_is_refused_for_the_same_reason(string fields, RejectReason reason) =>
        Judge(fields).ShouldBe(reason.ToString());

    [Fact]
    public void Content_of_any_length_is_framed_by_the_stream()
    {
        Read(Get.Replace("GET", "POST", StringComparison.Ordinal), isEnd: false, out RequestHead head).ShouldBe(RejectReason.None);
        head.BodyLength.ShouldBe(BodyLength.Unknown);
        Read(Get.Replace("GET", "POST", StringComparison.Ordinal) + "|content-length=5", isEnd: false, out head).ShouldBe(RejectReason.None);
        head.BodyLength.ShouldBe(BodyLength.Of(5));
        Read(Get.Replace("GET", "TRACE", StringComparison.Ordinal), isEnd: false, out _).ShouldBe(RejectReason.ContentInTrace);
    }

    [Fact]
    public void Fields_beyond_the_limits_are_not_kept()
    {
        string many = Get + string.Concat(Enumerable.Range(0, 200).Select(i => $"|x{i}=1"));
        Judge(many).ShouldBe("TooManyFields");
        string large = Get + "|x=" + new string('v', 40_000);
        Judge(large).ShouldBe("HeadTooLarge");
    }

    [Fact]
    public void A_block_that_unfolds_is_counted_and_not_kept()
    {
        byte[] bomb = [0x40, 1, (byte)'a', 0x7F, 0xA1, 0x1E, .. Enumerable.Repeat((byte)'v', 4000), .. Enumerable.Repeat((byte)0xBE, 10_000)];
        RequestHead head = new();
        Http2RequestTarget target = new();
        target.Begin(head, new HeadLimits(32 * 1024, 128, 16 * 1024));
        new HpackDecoder().Decode(bomb, new byte[HpackDecoder.ScratchOctets(bomb.Length)], target).ShouldBe(HpackStatus.Done);
        target.ListOctets.ShouldBeGreaterThan(40_000_000);
        head.Fields.ArenaBytes.ShouldBeLessThan(40_000);
        target.Finish(true, false, out _).ShouldBe(RejectReason.HeadTooLarge);
    }

    [Theory]
    [InlineData("u=0", 0, false)]
    [InlineData("u=7, i", 7, true)]
    [InlineData("i", 3, true)]
    [InlineData("u=8", 3, false)]
    [InlineData("u=-1, i=?0", 3, false)]
    [InlineData("i;x=1,u=5;y", 5, true)]
    [InlineData("u=2,,", 3, false)]
    [InlineData("u=\"1\"", 3, false)]
    public void Priorities_are_structured_fields(string text, byte urgency, bool isIncremental) =>
        StreamPriority.Parse(Encoding.ASCII.GetBytes(text), StreamPriority.Default).ShouldBe(new StreamPriority(urgency, isIncremental));

    private static string Judge(string fields)
    {
        RejectReason reason = Read(fields, isEnd: true, out RequestHead head);
        if (reason != RejectReason.None)
        {
            return reason.ToString();
        }

        Weir.Http.Semantics.HopByHop.StripRequest(head.Fields);
        byte[] written = new byte[RequestHeadWriter.MaxOctets(head)];
        int length = RequestHeadWriter.Write(head, new RequestWriteOptions { BodyLength = head.BodyLength }, written);
        return Encoding.Latin1.GetString(written, 0, length);
    }

    private static RejectReason Read(string fields, bool isEnd, out RequestHead head)
    {
        List<byte> block = [];
        foreach (string field in fields.Split('|'))
        {
            int equals = field.IndexOf('=', 1);
            equals = field[0] == '=' ? 0 : equals;
            block.Add(0);
            Add(block, field[..equals]);
            Add(block, field[(equals + 1)..]);
        }

        head = new RequestHead();
        Http2RequestTarget target = new();
        target.Begin(head, new HeadLimits(32 * 1024, 128, 16 * 1024));
        byte[] octets = [.. block];
        new HpackDecoder().Decode(octets, new byte[HpackDecoder.ScratchOctets(octets.Length)], target).ShouldBe(HpackStatus.Done);
        return target.Finish(isEnd, allowsProtocol: false, out _);
    }

    private static void Add(List<byte> block, string text)
    {
        byte[] length = new byte[8];
        int count = HpackInteger.Write(length, 0, 7, 0, text.Length);
        block.AddRange(length[..count]);
        block.AddRange(Encoding.Latin1.GetBytes(text));
    }
}
