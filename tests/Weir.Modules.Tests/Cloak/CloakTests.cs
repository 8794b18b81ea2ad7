using System.Buffers;
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Tracing;
using Weir.Modules.Cloak;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Cloak;

public sealed class CloakTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-cloak-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Fields_that_tell_of_products_are_taken_away()
    {
        TestExchange exchange = new TestExchange().Respond(
            200, "Server: nginx/1.2", "x-powered-by: PHP/8", "X-Backend-Server: app3", "X-Varnish: 12", "Via: 1.1 squid", "Server-Timing: db;dur=5", "X-Shop: a");
        exchange.RunResponse(Make(new CloakOptions { Keep = ["server-timing"] }));
        exchange.ResponseFields.ShouldBe("Server-Timing: db;dur=5\r\nX-Shop: a\r\n");
    }

    [Fact]
    public void Server_says_what_the_operator_wants()
    {
        TestExchange exchange = new TestExchange().Respond(200, "Server: nginx/1.2");
        exchange.RunResponse(Make(new CloakOptions { Server = "shop", Hide = ["X-Team*"] }));
        exchange.ResponseFields.ShouldBe("Server: shop\r\n");
    }

    [Theory]
    [InlineData("Location: http://10.0.0.5/x", "Location: https://shop.example.com:8443/x")]
    [InlineData("Location: http://app.internal:8080/x?to=http://APP.internal/y", "Location: https://shop.example.com:8443/x?to=https://shop.example.com:8443/y")]
    [InlineData("Location: //a.corp.example/x", "Location: //shop.example.com:8443/x")]
    [InlineData("Location: /x", "Location: /x")]
    [InlineData("Location: https://shop.example.com:8443/x", "Location: https://shop.example.com:8443/x")]
    [InlineData("Location: https://elsewhere.example/10.1", "Location: https://elsewhere.example/10.1")]
    [InlineData("Location: http://backend/x", "Location: https://shop.example.com:8443/x")]
    [InlineData("Content-Location: http://127.0.0.1:3000/", "Content-Location: https://shop.example.com:8443/")]
    [InlineData("Refresh: 5; url=http://192.168.3.4/a", "Refresh: 5; url=https://shop.example.com:8443/a")]
    [InlineData("Link: <http://[fd00::1]:80/a>; rel=next, <ws://app.internal/b>", "Link: <https://shop.example.com:8443/a>; rel=next, <wss://shop.example.com:8443/b>")]
    [InlineData("X-Answered: by app.internal:80, 172.20.1.1 and 172.32.1.1.", "X-Answered: by shop.example.com:8443, shop.example.com and 172.32.1.1.")]
    [InlineData("X-Note: the backend of backend.example", "X-Note: the backend of backend.example")]
    [InlineData("X-Note: origin-7.shop.test:9000.", "X-Note: shop.example.com:8443.")]
    [InlineData("X-Note: myapp.internal app.internal.example", "X-Note: myapp.internal app.internal.example")]
    [InlineData("ETag: \"10.0.0.1\"", "ETag: \"10.0.0.1\"")]
    [InlineData("X-Version-Of: 1.10.0.0.1", "X-Version-Of: 1.10.0.0.1")]
    [InlineData("X-Note: localhost.example http://localhost:1/", "X-Note: localhost.example https://shop.example.com:8443/")]
    public void Internal_names_become_the_host_that_was_asked(string sent, string expected)
    {
        TestExchange exchange = new TestExchange().Respond(200, sent);
        exchange.Exchange.ServerName = "origin-7.shop.test:9000";
        exchange.RunResponse(Make(new CloakOptions { Internal = ["app.internal", "*.corp.example", "backend"] }));
        exchange.ResponseFields.ShouldBe(expected + "\r\n");
    }

    [Theory]
    [InlineData("a=1; Domain=app.internal; Path=/", "a=1; Path=/")]
    [InlineData("a=10.0.0.1; Path=/; domain=.app.internal", "a=10.0.0.1; Path=/")]
    [InlineData("a=1; Domain=shop.example.com", "a=1; Domain=shop.example.com")]
    [InlineData("a=app.internal", "a=app.internal")]
    public void A_cookie_for_an_internal_host_is_for_the_host_that_was_asked(string sent, string expected)
    {
        TestExchange exchange = new TestExchange().Respond(200, "Set-Cookie: first=1; Domain=other.example", "Set-Cookie: " + sent);
        exchange.RunResponse(Make(new CloakOptions { Internal = ["app.internal"] }));
        exchange.ResponseFields.ShouldBe($"Set-Cookie: first=1; Domain=other.example\r\nSet-Cookie: {expected}\r\n");
    }

    [Fact]
    public void A_client_that_asks_by_a_private_address_knows_it()
    {
        TestExchange exchange = new TestExchange().Respond(200, "Location: http://10.0.0.9:81/a");
        RequestHead request = exchange.Request;
        ByteSlice host = request.Fields.Store("10.0.0.9"u8);
        request.SetAuthority(host, host, 80);
        IModule module = Make(new CloakOptions());
        exchange.RunResponse(module);
        exchange.ResponseFields.ShouldBe("Location: http://10.0.0.9:81/a\r\n");
        exchange.Exchange.ServerName = "10.0.0.9:81";
        exchange.RunResponse(module);
        exchange.ResponseFields.ShouldBe("Location: https://10.0.0.9/a\r\n");
    }

    [Fact]
    public void The_proof_takes_the_place_of_what_a_client_sent_and_stays_out_of_tables_and_traces()
    {
        string secret = new('s', 20);
        File.WriteAllText(Path.Combine(_folder, "proof.txt"), secret + "\n");
        TestExchange exchange = new("GET /", "x-origin-proof: mine");
        exchange.Exchange.Trace = new Trace();
        exchange.RunRequest(Make(new CloakOptions { Proof = new CloakProofOptions { File = "proof.txt" } })).ShouldBe(Verdict.Continue);
        exchange.RequestFields.ShouldBe($"X-Origin-Proof: {secret}\r\n");
        exchange.Request.Fields.IsKeptOutOfTables(exchange.Request.Fields.Find("X-Origin-Proof"u8)).ShouldBeTrue();
        exchange.Exchange.Trace.Steps.ShouldHaveSingleItem().Text.ShouldNotContain(secret);
    }

    [Theory]
    [InlineData("short\n")]
    [InlineData("two words that are long enough\n")]
    [InlineData("")]
    public void A_proof_that_could_be_guessed_or_not_be_sent_is_an_error_that_does_not_show_it(string content)
    {
        File.WriteAllText(Path.Combine(_folder, "proof.txt"), content);
        TestBuilder builder = new(folder: _folder);
        new CloakFactory().Create((object)new CloakOptions { Proof = new CloakProofOptions { File = "proof.txt" } }, builder).ShouldBeNull();
        string error = builder.Errors.ShouldHaveSingleItem();
        error.ShouldStartWith("proof.file: \"proof.txt\" does not hold one line");
        error.ShouldNotContain("words");
    }

    [Theory]
    [InlineData(HiddenErrors.ServerErrors, 500, true)]
    [InlineData(HiddenErrors.ServerErrors, 404, false)]
    [InlineData(HiddenErrors.AllErrors, 404, true)]
    [InlineData(HiddenErrors.None, 503, false)]
    [InlineData(HiddenErrors.AllErrors, 304, false)]
    public void The_content_of_an_error_gives_way_to_a_page(HiddenErrors hidden, int status, bool isHidden)
    {
        TestExchange exchange = new TestExchange().Respond(
            status, "Content-Type: text/html", "Content-Encoding: gzip", "Content-Length: 9", "Retry-After: 5", "ETag: \"a\"");
        exchange.Exchange.Response.BodyLength = BodyLength.Of(9);
        exchange.RunResponse(Make(new CloakOptions { ErrorPages = hidden }));
        exchange.ResponseFields.ShouldBe(isHidden
            ? "Retry-After: 5\r\nContent-Type: text/plain; charset=utf-8\r\n"
            : "Content-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\nRetry-After: 5\r\nETag: \"a\"\r\n");
        if (isHidden)
        {
            exchange.AnswerBody().ShouldStartWith("This request could not be served.");
        }
    }

    [Fact]
    public void What_weir_or_a_module_answers_keeps_its_content()
    {
        TestExchange exchange = new TestExchange().Respond(500, "Content-Type: text/html");
        exchange.Exchange.Response.BodyLength = BodyLength.Of(9);
        exchange.Exchange.AnsweredBy = "respond";
        exchange.RunResponse(Make(new CloakOptions()));
        exchange.ResponseFields.ShouldBe("Content-Type: text/html\r\n");
    }

    [Theory]
    [InlineData("http://a.example")]
    [InlineData("a:80")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("a.")]
    public void What_is_no_host_name_is_an_error(string name) =>
        TestBuilder.ErrorOf(new CloakFactory(), new CloakOptions { Internal = [name] }).ShouldStartWith(
            $"internal[0]: \"{name}\" is not a host name.");

    [Fact]
    public void A_field_to_keep_that_is_not_taken_away_is_an_error() =>
        TestBuilder.ErrorOf(new CloakFactory(), new CloakOptions { Keep = ["X-Shop"] }).ShouldStartWith("keep: \"X-Shop\" is not among");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(5000)]
    public void Content_is_searched_however_it_is_cut(int pieceOctets)
    {
        string text = string.Concat(Enumerable.Repeat(
            "<a href=\"http://app.internal:8080/x\">app.internal</a> //app.internal/y myapp.internal 10.1.2.3:80 10.1.2.3.4 https://other.example/ [::1]:9 ", 30));
        string expected = text.Replace("http://app.internal:8080", "https://shop.example.com:8443", StringComparison.Ordinal)
            .Replace(">app.internal", ">shop.example.com", StringComparison.Ordinal)
            .Replace("//app.internal", "//shop.example.com:8443", StringComparison.Ordinal)
            .Replace("10.1.2.3:80", "shop.example.com:8443", StringComparison.Ordinal)
            .Replace("[::1]:9", "shop.example.com:8443", StringComparison.Ordinal);
        TestExchange exchange = new TestExchange().Respond(
            200, "Content-Type: text/html", "Content-Length: 5", "ETag: \"a\"", "Accept-Ranges: bytes");
        exchange.Exchange.Response.BodyLength = BodyLength.Of(text.Length);
        IModule module = Make(new CloakOptions { Internal = ["app.internal"], Bodies = true });
        exchange.RunResponse(module);
        exchange.ResponseFields.ShouldBe("Content-Type: text/html\r\nETag: W/\"a\"\r\n");
        using BodyFilter filter = ((IBodyModule)module).OpenResponseFilter(exchange.Exchange).ShouldNotBeNull();
        Run(filter, Encoding.ASCII.GetBytes(text), pieceOctets).ShouldBe(expected);
    }

    [Fact]
    public void An_event_leaves_when_the_source_pauses()
    {
        TestExchange exchange = new TestExchange().Respond(200, "Content-Type: text/event-stream");
        exchange.Exchange.Response.BodyLength = BodyLength.Unknown;
        IModule module = Make(new CloakOptions { Internal = ["app.internal"], Bodies = true });
        exchange.RunResponse(module);
        using BodyFilter filter = ((IBodyModule)module).OpenResponseFilter(exchange.Exchange).ShouldNotBeNull();
        byte[] room = new byte[1000];
        filter.Transform("data: at app.internal\n\ndata: app.inter"u8, room, out int consumed, out int written, isEnd: false).ShouldBe(
            OperationStatus.Done);
        (consumed, written).ShouldBe((38, 0));
        filter.Flush(room, out written).ShouldBe(OperationStatus.Done);
        Encoding.ASCII.GetString(room, 0, written).ShouldBe("data: at shop.example.com\n\ndata: ");
        filter.Transform("nal"u8, room, out _, out written, isEnd: true).ShouldBe(OperationStatus.Done);
        Encoding.ASCII.GetString(room, 0, written).ShouldBe("shop.example.com");
    }

    [Theory]
    [InlineData("Content-Type: image/png")]
    [InlineData("Content-Encoding: gzip")]
    public void What_is_no_readable_text_is_left_alone(string field)
    {
        TestExchange exchange = new TestExchange().Respond(200, field, "Content-Length: 5");
        exchange.Exchange.Response.BodyLength = BodyLength.Of(5);
        IModule module = Make(new CloakOptions { Bodies = true });
        exchange.RunResponse(module);
        ((IBodyModule)module).OpenResponseFilter(exchange.Exchange).ShouldBeNull();
        exchange.ResponseFields.ShouldContain("Content-Length: 5");
    }

    [Fact]
    public void A_response_allocates_nothing()
    {
        IResponseModule module = Make(new CloakOptions { Internal = ["app.internal"] }).ShouldBeAssignableTo<IResponseModule>()!;
        TestExchange exchange = new();
        Allocation.Of(() =>
        {
            HeaderFields fields = exchange.Exchange.Response.Fields;
            exchange.Exchange.Response.Clear();
            fields.Add(KnownField.Location, "http://app.internal/x"u8);
            fields.Add(KnownField.SetCookie, "a=1; Domain=app.internal"u8);
            fields.Add("X-Powered-By"u8, "PHP"u8);
            module.OnResponseAsync(exchange.Exchange).IsCompletedSuccessfully.ShouldBeTrue();
        }).ShouldBe(0);
    }

    private static string Run(BodyFilter filter, ReadOnlySpan<byte> text, int pieceOctets)
    {
        StringBuilder result = new();
        byte[] room = new byte[512];
        while (true)
        {
            ReadOnlySpan<byte> piece = text[..Math.Min(pieceOctets, text.Length)];
            OperationStatus status = filter.Transform(piece, room, out int consumed, out int written, isEnd: piece.Length == text.Length);
            result.Append(Encoding.ASCII.GetString(room, 0, written));
            text = text[consumed..];
            if (status == OperationStatus.Done && text.IsEmpty)
            {
                return result.ToString();
            }
        }
    }

    private IModule Make(CloakOptions options) => new TestBuilder(folder: _folder).Make(new CloakFactory(), options);
}
