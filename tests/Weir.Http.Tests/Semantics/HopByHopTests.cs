using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Http.Tests.Semantics;

public sealed class HopByHopTests
{
    private static HeaderFields Fields(string lines)
    {
        HeaderFields fields = new();
        foreach (string line in lines.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            fields.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        return fields;
    }

    [Theory]
    [InlineData("A: 1|B: 2", "A: 1\r\nB: 2\r\n")]
    [InlineData("Connection: close|A: 1", "A: 1\r\n")]
    [InlineData("Connection: A, b|A: 1|B: 2|b: 3|C: 4", "C: 4\r\n")]
    [InlineData("Connection: A|Connection: B|A: 1|B: 2|C: 3", "C: 3\r\n")]
    [InlineData("Keep-Alive: 1|Proxy-Connection: 1|TE: trailers|Transfer-Encoding: chunked|Upgrade: x|HTTP2-Settings: x|A: 1", "A: 1\r\n")]
    [InlineData("Proxy-Authenticate: 1|Proxy-Authorization: 1|Proxy-Authentication-Info: 1|A: 1", "A: 1\r\n")]
    [InlineData("Connection: Host, Content-Length|Host: a|Content-Length: 5", "Host: a\r\nContent-Length: 5\r\n")]
    [InlineData("Connection: Authorization, Cookie, Cache-Control|Authorization: a|Cookie: b|Cache-Control: c", "Authorization: a\r\nCookie: b\r\nCache-Control: c\r\n")]
    [InlineData("Connection: X-Forwarded-For, Forwarded, X-Request-Id, Via|X-Forwarded-For: 1|Forwarded: 2|X-Request-Id: 3|Via: 4",
        "X-Forwarded-For: 1\r\nForwarded: 2\r\nX-Request-Id: 3\r\nVia: 4\r\n")]
    [InlineData("Connection: Content-Language, X-Forwarded-Foo, X-Real-IP, traceparent|Content-Language: 1|X-Forwarded-Foo: 2|X-Real-IP: 3|traceparent: 4",
        "Content-Language: 1\r\nX-Forwarded-Foo: 2\r\nX-Real-IP: 3\r\ntraceparent: 4\r\n")]
    [InlineData("Connection: \"A\", A;b, ,,|A: 1", "A: 1\r\n")]
    [InlineData("Alt-Svc: h3|Trailer: X", "Alt-Svc: h3\r\nTrailer: X\r\n")]
    public void A_request_loses_what_concerns_its_connection(string lines, string left)
    {
        HeaderFields fields = Fields(lines);
        HopByHop.DropNominated(fields);
        HopByHop.StripRequest(fields);
        fields.ToString().ShouldBe(left);
    }

    [Fact]
    public void A_response_loses_alternatives_for_its_origin_too()
    {
        HeaderFields fields = Fields("Connection: X|X: 1|Alt-Svc: h3=\":443\"|A: 1|Upgrade: websocket");
        HopByHop.StripResponse(fields);
        fields.ToString().ShouldBe("A: 1\r\n");
    }

    [Fact]
    public void Upgrade_can_be_kept()
    {
        HeaderFields request = Fields("Connection: upgrade|Upgrade: websocket|Keep-Alive: 1");
        HopByHop.StripRequest(request, keepUpgrade: true);
        request.ToString().ShouldBe("Upgrade: websocket\r\n");
        HeaderFields response = Fields("Connection: upgrade|Upgrade: websocket|Alt-Svc: clear");
        HopByHop.StripResponse(response, keepUpgrade: true);
        response.ToString().ShouldBe("Upgrade: websocket\r\n");
    }
}
