using System.Text;
using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/", "/", null)]
    [InlineData("/?", "/", "")]
    [InlineData("/a/b.c", "/a/b.c", null)]
    [InlineData("/a?b=c&d=/e?f", "/a", "b=c&d=/e?f")]
    [InlineData("//a//b/", "//a//b/", null)]
    [InlineData("/a;b=c/d", "/a;b=c/d", null)]
    [InlineData("/%41%7e%2D", "/A~-", null)]
    [InlineData("/%e4%C3%bc", "/%E4%C3%BC", null)]
    [InlineData("/a%2fb%2Fc", "/a%2Fb%2Fc", null)]
    [InlineData("/a%20b", "/a%20b", null)]
    [InlineData("/a%25b%252e", "/a%25b%252e", null)]
    [InlineData("/a%3fb%23", "/a%3Fb%23", null)]
    [InlineData("/a/./b", "/a/b", null)]
    [InlineData("/a/../b", "/b", null)]
    [InlineData("/a/b/..", "/a/", null)]
    [InlineData("/a/b/.", "/a/b/", null)]
    [InlineData("/a/..", "/", null)]
    [InlineData("/.", "/", null)]
    [InlineData("/./", "/", null)]
    [InlineData("/a/%2e%2E/b", "/b", null)]
    [InlineData("/a/.%2e/b", "/b", null)]
    [InlineData("/a/%2e/b", "/a/b", null)]
    [InlineData("/a//../b", "/a/b", null)]
    [InlineData("//..", "/", null)]
    [InlineData("/a/...", "/a/...", null)]
    [InlineData("/a/.b/..c/d..", "/a/.b/..c/d..", null)]
    [InlineData("/.well-known/x", "/.well-known/x", null)]
    [InlineData("/a/..;/b", "/a/..;/b", null)]
    [InlineData("/a/..%2fb", "/a/..%2Fb", null)]
    [InlineData("/!$&'()*+,;=:@-._~", "/!$&'()*+,;=:@-._~", null)]
    [InlineData("/a?%zz%", "/a", "%zz%")]
    [InlineData("/a?x[]={}|^`\"", "/a", "x[]={}|^`\"")]
    [InlineData("/a?../b", "/a", "../b")]
    [InlineData("/a?%2e%2e", "/a", "%2e%2e")]
    [InlineData("/http://b/", "/http://b/", null)]
    public void An_origin_form_target_is_split_and_normalised(string target, string path, string? query)
    {
        ParsedRequest request = ParsedRequest.From($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        request.Status.ShouldBe(ParseStatus.Complete, request.Digest);
        request.Framing.TargetForm.ShouldBe(TargetForm.Origin);
        request.Head.PathText.ShouldBe(path);
        request.Head.HasQuery.ShouldBe(query is not null);
        request.Head.QueryText.ShouldBe(query ?? "");
        Encoding.Latin1.GetString(request.Head.Target).ShouldBe(target);
    }

    [Theory]
    [InlineData("/..", RejectReason.PathAboveRoot)]
    [InlineData("/../", RejectReason.PathAboveRoot)]
    [InlineData("/../a", RejectReason.PathAboveRoot)]
    [InlineData("/a/../..", RejectReason.PathAboveRoot)]
    [InlineData("/a/../../b", RejectReason.PathAboveRoot)]
    [InlineData("/./..", RejectReason.PathAboveRoot)]
    [InlineData("/%2e%2e/a", RejectReason.PathAboveRoot)]
    [InlineData("/.%2E", RejectReason.PathAboveRoot)]
    [InlineData("/%00", RejectReason.EncodedControlOctet)]
    [InlineData("/a%0d%0aX:b", RejectReason.EncodedControlOctet)]
    [InlineData("/%09", RejectReason.EncodedControlOctet)]
    [InlineData("/%1F", RejectReason.EncodedControlOctet)]
    [InlineData("/%7f", RejectReason.EncodedControlOctet)]
    [InlineData("/a\\b", RejectReason.BackslashInPath)]
    [InlineData("/a%5cb", RejectReason.BackslashInPath)]
    [InlineData("/a%5C..%5Cb", RejectReason.BackslashInPath)]
    [InlineData("/a%", RejectReason.BadPercentEncoding)]
    [InlineData("/a%4", RejectReason.BadPercentEncoding)]
    [InlineData("/a%zz", RejectReason.BadPercentEncoding)]
    [InlineData("/a%4g", RejectReason.BadPercentEncoding)]
    [InlineData("/a%%41", RejectReason.BadPercentEncoding)]
    [InlineData("/a%u0041", RejectReason.BadPercentEncoding)]
    [InlineData("/a%\u00e41", RejectReason.BadPercentEncoding)]
    [InlineData("/a#b", RejectReason.FragmentInTarget)]
    [InlineData("/#", RejectReason.FragmentInTarget)]
    [InlineData("/a?b#c", RejectReason.FragmentInTarget)]
    [InlineData("/a|b", RejectReason.BadPathOctet)]
    [InlineData("/a\"b", RejectReason.BadPathOctet)]
    [InlineData("/a{b}", RejectReason.BadPathOctet)]
    [InlineData("/a[b]", RejectReason.BadPathOctet)]
    [InlineData("/a<b>", RejectReason.BadPathOctet)]
    [InlineData("/a^b", RejectReason.BadPathOctet)]
    [InlineData("/a`b", RejectReason.BadPathOctet)]
    [InlineData("/\u00e4", RejectReason.BadPathOctet)]
    [InlineData("/a?\u00e4", RejectReason.BadQueryOctet)]
    [InlineData("/a?<b>", RejectReason.BadQueryOctet)]
    [InlineData("/a?b\\c", RejectReason.BadQueryOctet)]
    [InlineData("/a?b\tc", RejectReason.BadQueryOctet)]
    [InlineData("a", RejectReason.BadTargetForm)]
    [InlineData("a/b", RejectReason.BadTargetForm)]
    [InlineData("?a", RejectReason.BadTargetForm)]
    [InlineData("../a", RejectReason.BadTargetForm)]
    [InlineData("*", RejectReason.AsteriskNotAllowed)]
    [InlineData("*a", RejectReason.BadTargetForm)]
    [InlineData("**", RejectReason.BadTargetForm)]
    [InlineData("a:80", RejectReason.BadTargetForm)]
    [InlineData("example.com:443", RejectReason.BadTargetForm)]
    [InlineData("http:/a", RejectReason.BadTargetForm)]
    [InlineData("http:a", RejectReason.BadTargetForm)]
    [InlineData("://a/", RejectReason.BadTargetForm)]
    [InlineData("ftp://a/", RejectReason.BadScheme)]
    [InlineData("ws://a/", RejectReason.BadScheme)]
    [InlineData("file:///etc/passwd", RejectReason.BadScheme)]
    [InlineData("httpx://a/", RejectReason.BadScheme)]
    [InlineData("x/http://a/", RejectReason.BadScheme)]
    [InlineData("http://", RejectReason.BadTargetAuthority)]
    [InlineData("http:///", RejectReason.BadTargetAuthority)]
    [InlineData("http:///a", RejectReason.BadTargetAuthority)]
    [InlineData("http://?a", RejectReason.BadTargetAuthority)]
    [InlineData("http://:80/", RejectReason.BadTargetAuthority)]
    [InlineData("http://a:x/", RejectReason.BadTargetAuthority)]
    [InlineData("http://a:80:80/", RejectReason.BadTargetAuthority)]
    [InlineData("http://a\\b/", RejectReason.BadTargetAuthority)]
    [InlineData("http://u@a/", RejectReason.UserInfoInTarget)]
    [InlineData("http://u:p@a/", RejectReason.UserInfoInTarget)]
    [InlineData("http://a#f", RejectReason.FragmentInTarget)]
    [InlineData("http://a/#f", RejectReason.FragmentInTarget)]
    [InlineData("http://a/../b", RejectReason.PathAboveRoot)]
    [InlineData("http://a/%00", RejectReason.EncodedControlOctet)]
    public void A_faulty_target_is_refused(string target, RejectReason reason)
    {
        ParsedRequest.From($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n").Reason.ShouldBe(reason);
        RejectReasons.Status(reason).ShouldBe(400);
    }

    [Theory]
    [InlineData("http://a", "a", "a", 0, "/", null)]
    [InlineData("http://a/", "a", "a", 0, "/", null)]
    [InlineData("http://a?x", "a", "a", 0, "/", "x")]
    [InlineData("HTTP://A:80/b/../c?d", "a:80", "a", 80, "/c", "d")]
    [InlineData("https://a.example.:443/x", "a.example.:443", "a.example", 443, "/x", null)]
    [InlineData("http://[2001:DB8::1]:8080/", "[2001:db8::1]:8080", "[2001:db8::1]", 8080, "/", null)]
    [InlineData("http://a:/x", "a", "a", 0, "/x", null)]
    public void The_authority_of_an_absolute_target_wins(string target, string authority, string host, int port, string path, string? query)
    {
        ParsedRequest request = ParsedRequest.From($"GET {target} HTTP/1.1\r\nX: 1\r\nHost: other.example\r\n\r\n");
        request.Status.ShouldBe(ParseStatus.Complete, request.Digest);
        request.Framing.TargetForm.ShouldBe(TargetForm.Absolute);
        request.Framing.IsTargetHttps.ShouldBe(target.StartsWith("https", StringComparison.OrdinalIgnoreCase));
        Encoding.Latin1.GetString(request.Head.Authority).ShouldBe(authority);
        request.Head.HostText.ShouldBe(host);
        request.Head.Port.ShouldBe(port);
        request.Head.PathText.ShouldBe(path);
        request.Head.QueryText.ShouldBe(query ?? "");
        request.Head.Fields.GetText("host"u8).ShouldBe(authority);
        request.Head.Fields.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("OPTIONS * HTTP/1.1", TargetForm.Asterisk)]
    [InlineData("OPTIONS http://a HTTP/1.1", TargetForm.Absolute)]
    public void Options_can_ask_the_whole_server(string line, TargetForm form)
    {
        ParsedRequest request = ParsedRequest.From(line + "\r\nHost: a\r\n\r\n");
        request.Framing.TargetForm.ShouldBe(form);
        request.Head.IsAsterisk.ShouldBeTrue();
        request.Head.PathText.ShouldBe("/");
        request.Head.HostText.ShouldBe("a");
    }

    [Theory]
    [InlineData("OPTIONS / HTTP/1.1")]
    [InlineData("OPTIONS http://a/ HTTP/1.1")]
    [InlineData("OPTIONS http://a?x HTTP/1.1")]
    public void Options_for_a_resource_does_not(string line) =>
        ParsedRequest.From(line + "\r\nHost: a\r\n\r\n").Head.IsAsterisk.ShouldBeFalse();

    [Fact]
    public void Connect_takes_host_and_port()
    {
        ParsedRequest request = ParsedRequest.From("CONNECT Db.Example:5432 HTTP/1.1\r\nHost: x\r\n\r\n");
        request.Status.ShouldBe(ParseStatus.Complete);
        request.Framing.TargetForm.ShouldBe(TargetForm.Authority);
        request.Head.HostText.ShouldBe("db.example");
        request.Head.Port.ShouldBe(5432);
        request.Head.Fields.GetText("host"u8).ShouldBe("db.example:5432");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("*")]
    [InlineData("a")]
    [InlineData("a:")]
    [InlineData("a:0")]
    [InlineData("a:70000")]
    [InlineData(":443")]
    [InlineData("u@a:443")]
    [InlineData("http://a:443")]
    [InlineData("a:443/")]
    [InlineData("a:443?x")]
    [InlineData("a:443#x")]
    public void Connect_takes_nothing_else(string target) =>
        ParsedRequest.From($"CONNECT {target} HTTP/1.1\r\nHost: a\r\n\r\n").Reason.ShouldBe(RejectReason.BadConnectTarget);

    [Theory]
    [InlineData("/a/b", false)]
    [InlineData("/a%20b", false)]
    [InlineData("/a?b//c;d%2F", false)]
    [InlineData("/a//b", true)]
    [InlineData("/a//../b", true)]
    [InlineData("/a;x", true)]
    [InlineData("/a%3bx", true)]
    [InlineData("/a%2fb", true)]
    [InlineData("http://h/a%2Fb", true)]
    [InlineData("http://h/a", false)]
    public void A_path_that_origins_may_read_differently_is_marked(string target, bool isAmbiguous) =>
        ParsedRequest.From($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n").Framing.HasAmbiguousPath.ShouldBe(isAmbiguous);
}
