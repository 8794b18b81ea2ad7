using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Http2;

/// <summary>What a gRPC client gets where no gRPC server answers: a status of gRPC, for errors and for the answers of modules.</summary>
public sealed class GrpcErrorTests
{
    private const string Grpc = "content-type=application/grpc+proto|te=trailers";

    [Theory]
    [InlineData("access: { deny: [0.0.0.0/0] }", 7, "Forbidden")]
    [InlineData("access: { deny: [0.0.0.0/0], status: 404 }", 12, "Not Found")]
    [InlineData("respond: { status: 401, body: no }", 16, "Unauthorized")]
    [InlineData("respond: { status: 503, body: no }", 14, "Service Unavailable")]
    [InlineData("respond: { status: 418, body: no }", 2, "")]
    [InlineData("maintenance: { windows: [{ from: \"2025-11-21T00:00:00Z\", for: 30d }] }", 14, "Service Unavailable")]
    [InlineData("redirect: { to: /else }", 2, "")]
    public void A_modules_answer_becomes_a_status_of_gRPC(string module, int code, string message)
    {
        using Proxy proxy = With($"sites: {{ \"*\": {{ stack: [{{ {module} }}], to: \"http://10.0.0.1:80\" }} }}");
        string[] frames = Ask(proxy);
        frames[0].ShouldStartWith("HEADERS 1 end :status: 200|");
        frames[0].ShouldContain("|content-type: application/grpc|");
        frames[0].ShouldContain($"|grpc-status: {code}|");
        if (message.Length > 0)
        {
            frames[0].ShouldContain($"|grpc-message: {message}|");
        }

        proxy.AssertClean();
    }

    [Fact]
    public void A_rate_that_is_exceeded_is_RESOURCE_EXHAUSTED()
    {
        using Proxy proxy = With("sites: { \"*\": { stack: [{ rate_limit: { rate: 1/m, burst: 1 } }, { respond: { status: 500 } }] } }");
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: Grpc));
        client.TakeTexts()[0].ShouldContain("|grpc-status: 13|");
        client.Request(3, Http2Peer.Fields("POST", more: Grpc));
        client.TakeTexts()[0].ShouldContain("|grpc-status: 8|");
        proxy.AssertClean();
    }

    [Fact]
    public void Where_nothing_is_routed_is_UNIMPLEMENTED()
    {
        using Proxy proxy = With("sites: { \"*\": { routes: [{ path: /b, to: \"http://10.0.0.1:80\" }] } }");
        string head = Ask(proxy)[0];
        head.ShouldContain("|grpc-status: 12|grpc-message: Not Found|");
        head.ShouldContain("|proxy-status: weir;error=http_request_denied|");
        proxy.AssertClean();
    }

    [Fact]
    public void An_origin_that_cannot_be_used_is_UNAVAILABLE_and_a_late_one_DEADLINE_EXCEEDED()
    {
        using Proxy proxy = With("sites: { \"*\": \"http://10.0.0.1:80\" }");
        proxy.Origin.Refusal = ProxyErrors.ConnectTimeout;
        Ask(proxy)[0].ShouldContain("|grpc-status: 14|");
        proxy.Origin.Refusal = null;
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: Grpc));
        proxy.Origin.Next();
        proxy.Advance(61_000, 1_000);
        client.TakeTexts()[0].ShouldContain("|grpc-status: 4|");
        client.Request(3, Http2Peer.Fields("POST", more: Grpc));
        proxy.Origin.Next().Reset();
        client.TakeTexts()[0].ShouldContain("|grpc-status: 14|");
        proxy.AssertClean();
    }

    [Fact]
    public void Content_that_is_too_large_is_RESOURCE_EXHAUSTED_and_ends_without_an_error()
    {
        using Proxy proxy = With("limits: { body_size: 1KiB }\nsites: { \"*\": \"http://10.0.0.1:80\" }");
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: Grpc), ends: false);
        client.Data(1, new string('x', 2_000));
        string[] frames = client.TakeTexts();
        frames[0].ShouldContain("|grpc-status: 8|");
        frames[^1].ShouldBe("RST_STREAM 1 NoError");
        proxy.AssertClean();
    }

    [Fact]
    public void A_head_that_is_refused_is_a_status_of_gRPC_where_its_content_type_could_be_read()
    {
        using Proxy proxy = With("sites: { \"*\": \"http://10.0.0.1:80\" }");
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", "/%zz", Grpc), ends: false);
        client.TakeTexts().ShouldBe([
            "HEADERS 1 end :status: 200|content-type: application/grpc|grpc-status: 13|grpc-message: Bad Request|content-length: 0",
            "RST_STREAM 1 NoError"]);
        client.Request(3, Http2Peer.Fields("POST", more: Grpc + string.Concat(Enumerable.Range(0, 200).Select(i => $"|x{i}=y"))));
        client.TakeTexts()[0].ShouldContain("|grpc-status: 8|");
        client.Request(5, Http2Peer.Fields("POST", more: string.Join('|', Enumerable.Range(0, 200).Select(i => $"x{i}=y")) + "|" + Grpc));
        client.TakeTexts()[0].ShouldStartWith("HEADERS 5 end :status: 431");
        client.Request(7, "X=y|" + Grpc);
        client.TakeTexts().ShouldBe(["RST_STREAM 7 ProtocolError"]);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("application/grpc-web+proto")]
    [InlineData("application/grpcish")]
    [InlineData("application/json")]
    public void Other_clients_get_what_HTTP_clients_get(string type)
    {
        using Proxy proxy = With("sites: { \"*\": { stack: [{ access: { deny: [0.0.0.0/0] } }], to: \"http://10.0.0.1:80\" } }");
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: "content-type=" + type));
        client.TakeTexts()[0].ShouldStartWith("HEADERS 1 :status: 403|");
        proxy.AssertClean();
    }

    [Fact]
    public void What_an_origin_answers_is_never_changed()
    {
        using Proxy proxy = With("sites: { \"*\": \"http://10.0.0.1:80\" }");
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: Grpc));
        proxy.Origin.Next().Answer(proxy, "no", "HTTP/1.1 503 Service Unavailable");
        client.TakeTexts()[0].ShouldStartWith("HEADERS 1 :status: 503|");
        proxy.AssertClean();
    }

    [Fact]
    public void A_stream_may_rest_between_its_messages()
    {
        using Proxy proxy = With("sites: { \"*\": { to: \"http://10.0.0.1:80\" } }");
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: Grpc), ends: false);
        client.Data(1, "m");
        Peer origin = proxy.Origin.Next();
        proxy.Advance(50_000, 1_000);
        client.TakeTexts().ShouldBeEmpty();
        origin.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        client.TakeTexts().ShouldBe(["HEADERS 1 :status: 200", "DATA 1 1"]);
        proxy.Advance(50_000, 1_000);
        origin.Send("1\r\nb\r\n");
        proxy.Advance(50_000, 1_000);
        client.TakeTexts().ShouldBe(["DATA 1 1"]);
        client.Data(1, "n", ends: true);
        origin.Send("0\r\n\r\n");
        client.TakeTexts().ShouldBe(["DATA 1 end 0"]);
        client.Request(3, Http2Peer.Fields("POST", more: Grpc), ends: false);
        proxy.Advance(62_000, 1_000);
        client.TakeTexts()[0].ShouldContain("|grpc-status: 4|");
        proxy.AssertClean();
    }

    private static string[] Ask(Proxy proxy)
    {
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", "/a.Service/Method", Grpc));
        return client.TakeTexts();
    }

    private static Proxy With(string yaml) => new("listen: [{ address: \":8080\", protocols: [h1, h2] }]\n" + yaml);
}
