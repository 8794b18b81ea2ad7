using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

public sealed class RequestLineTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1", RequestMethod.Get, "/")]
    [InlineData("HEAD /a HTTP/1.1", RequestMethod.Head, "/a")]
    [InlineData("POST /a/b HTTP/1.0", RequestMethod.Post, "/a/b")]
    [InlineData("QUERY /q HTTP/1.1", RequestMethod.Query, "/q")]
    [InlineData("get / HTTP/1.1", RequestMethod.Other, "/")]
    [InlineData("PROPFIND /dav HTTP/1.1", RequestMethod.Other, "/dav")]
    [InlineData("UPDATEREDIRECTREF /dav HTTP/1.1", RequestMethod.Other, "/dav")]
    [InlineData("!#$%&'*+-.^_`|~09azAZ / HTTP/1.1", RequestMethod.Other, "/")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1", RequestMethod.Other, "/")]
    public void A_sound_request_line_is_read(string line, RequestMethod method, string path)
    {
        ParsedRequest request = ParsedRequest.From(line + "\r\nHost: a\r\n\r\n");
        request.Status.ShouldBe(ParseStatus.Complete, request.Digest);
        request.Head.Method.ShouldBe(method);
        request.Head.PathText.ShouldBe(path);
    }

    [Theory]
    [InlineData("", RejectReason.BareLineFeed)]
    [InlineData("GET", RejectReason.MalformedRequestLine)]
    [InlineData("GET ", RejectReason.MalformedRequestLine)]
    [InlineData("GET /", RejectReason.Http09)]
    [InlineData("GET / ", RejectReason.MalformedRequestLine)]
    [InlineData("GET HTTP/1.1", RejectReason.Http09)]
    [InlineData("GET  HTTP/1.1", RejectReason.MalformedRequestLine)]
    [InlineData("GET  / HTTP/1.1", RejectReason.MalformedRequestLine)]
    [InlineData("GET /  HTTP/1.1", RejectReason.MalformedRequestLine)]
    [InlineData("GET / HTTP/1.1 ", RejectReason.MalformedRequestLine)]
    [InlineData("GET /a b HTTP/1.1", RejectReason.MalformedRequestLine)]
    [InlineData(" GET / HTTP/1.1", RejectReason.MalformedRequestLine)]
    [InlineData("\tGET / HTTP/1.1", RejectReason.BadMethod)]
    [InlineData("GET\t/ HTTP/1.1", RejectReason.BadMethod)]
    [InlineData("GET /\tHTTP/1.1", RejectReason.Http09)]
    [InlineData("GET /\t HTTP/1.1", RejectReason.BadPathOctet)]
    [InlineData("G(T / HTTP/1.1", RejectReason.BadMethod)]
    [InlineData("GET, / HTTP/1.1", RejectReason.BadMethod)]
    [InlineData("G\u00c9T / HTTP/1.1", RejectReason.BadMethod)]
    [InlineData("\"GET\" / HTTP/1.1", RejectReason.BadMethod)]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1", RejectReason.MethodTooLong)]
    [InlineData("G\0T / HTTP/1.1", RejectReason.ControlOctet)]
    [InlineData("GET /\0 HTTP/1.1", RejectReason.ControlOctet)]
    [InlineData("GET /\u007f HTTP/1.1", RejectReason.ControlOctet)]
    [InlineData("GET /\v HTTP/1.1", RejectReason.ControlOctet)]
    [InlineData("GET /\r HTTP/1.1", RejectReason.BareCarriageReturn)]
    [InlineData("GET / HTTP/1.1\r", RejectReason.BareCarriageReturn)]
    [InlineData("GET / HTTP/1.1\n", RejectReason.BareLineFeed)]
    [InlineData("GET /\nX: HTTP/1.1", RejectReason.BareLineFeed)]
    [InlineData("GET / http/1.1", RejectReason.BadVersion)]
    [InlineData("GET / HTTP/1.1x", RejectReason.BadVersion)]
    [InlineData("GET / HTTP/1.10", RejectReason.BadVersion)]
    [InlineData("GET / HTTP/11", RejectReason.BadVersion)]
    [InlineData("GET / HTTP/1", RejectReason.BadVersion)]
    [InlineData("GET / HTTP/1.", RejectReason.BadVersion)]
    [InlineData("GET / HTTP/+1.1", RejectReason.BadVersion)]
    [InlineData("GET / HTTP/01.1", RejectReason.BadVersion)]
    [InlineData("GET / HTTP /1.1", RejectReason.MalformedRequestLine)]
    [InlineData("GET / HTTPS/1.1", RejectReason.BadVersion)]
    [InlineData("GET / XTTP/1.1", RejectReason.BadVersion)]
    [InlineData("GET / HTTP/1,1", RejectReason.BadVersion)]
    [InlineData("GET / HTTP/A.B", RejectReason.BadVersion)]
    [InlineData("GET / HTTP/0.9", RejectReason.UnsupportedVersion)]
    [InlineData("GET / HTTP/1.2", RejectReason.UnsupportedVersion)]
    [InlineData("GET / HTTP/1.9", RejectReason.UnsupportedVersion)]
    [InlineData("GET / HTTP/2.0", RejectReason.UnsupportedVersion)]
    [InlineData("PRI * HTTP/2.0", RejectReason.UnsupportedVersion)]
    [InlineData("GET / HTTP/3.1", RejectReason.UnsupportedVersion)]
    public void A_faulty_request_line_is_refused(string line, RejectReason reason)
    {
        string end = line.Length == 0 ? "\n\r\n" : "\r\n";
        ParsedRequest.From(line + end + "Host: a\r\n\r\n").Reason.ShouldBe(reason);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r\n\r\n")]
    public void Up_to_two_empty_lines_before_the_request_line_are_skipped(string lines)
    {
        ParsedRequest request = ParsedRequest.From(lines + "GET / HTTP/1.1\r\nHost: a\r\n\r\nX");
        request.Status.ShouldBe(ParseStatus.Complete);
        request.Consumed.ShouldBe(lines.Length + 27);
    }

    [Theory]
    [InlineData("\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", RejectReason.EmptyRequestLine)]
    [InlineData("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", RejectReason.BareLineFeed)]
    [InlineData("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", RejectReason.BareCarriageReturn)]
    [InlineData("\r\n\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", RejectReason.BareCarriageReturn)]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001", RejectReason.ControlOctet)]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF\r\n", RejectReason.MalformedRequestLine)]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG", RejectReason.MethodTooLong)]
    [InlineData("GET /\r\n", RejectReason.Http09)]
    [InlineData("GET /a\r\nHost: a\r\n\r\n", RejectReason.Http09)]
    [InlineData("PRI * HTTP/2.0\r\n", RejectReason.UnsupportedVersion)]
    public void What_is_no_request_is_refused_as_soon_as_it_shows(string text, RejectReason reason) =>
        ParsedRequest.From(text).Reason.ShouldBe(reason);

    [Theory]
    [InlineData("")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("G")]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("GET / HTTP/1.1\r")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r")]
    public void A_beginning_asks_for_more(string text) => ParsedRequest.From(text).Status.ShouldBe(ParseStatus.NeedMore);

    [Fact]
    public void A_target_at_its_limit_passes_and_one_octet_more_is_414()
    {
        HeadLimits limits = new(1000, 10, 20);
        string target = "/" + new string('a', 19);
        ParsedRequest.From($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n", limits).Status.ShouldBe(ParseStatus.Complete);
        ParsedRequest.From($"GET {target}b HTTP/1.1\r\nHost: a\r\n\r\n", limits).Reason.ShouldBe(RejectReason.TargetTooLong);
        ParsedRequest.From($"GET {target}bcdef", limits).Reason.ShouldBe(RejectReason.TargetTooLong);
        RejectReasons.Status(RejectReason.TargetTooLong).ShouldBe(414);
    }

    [Fact]
    public void A_head_at_its_limit_passes_and_one_octet_more_is_431()
    {
        const string Text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        ParsedRequest.From(Text, new HeadLimits(Text.Length, 10, 20)).Status.ShouldBe(ParseStatus.Complete);
        ParsedRequest.From(Text + "body", new HeadLimits(Text.Length, 10, 20)).Status.ShouldBe(ParseStatus.Complete);
        ParsedRequest.From(Text, new HeadLimits(Text.Length - 1, 10, 20)).Reason.ShouldBe(RejectReason.HeadTooLarge);
        RejectReasons.Status(RejectReason.HeadTooLarge).ShouldBe(431);
    }

    [Fact]
    public void Fields_at_their_limit_pass_and_one_more_is_431()
    {
        const string Text = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n";
        ParsedRequest.From(Text, new HeadLimits(1000, 3, 20)).Status.ShouldBe(ParseStatus.Complete);
        ParsedRequest.From(Text, new HeadLimits(1000, 2, 20)).Reason.ShouldBe(RejectReason.TooManyFields);
        ParsedRequest.From("GET / HTTP/1.1\r\nHost: a\r\nX_Forwarded_For: 1\r\nX_Forwarded_For: 2\r\n\r\n", new HeadLimits(1000, 2, 20))
            .Reason.ShouldBe(RejectReason.TooManyFields);
    }
}
