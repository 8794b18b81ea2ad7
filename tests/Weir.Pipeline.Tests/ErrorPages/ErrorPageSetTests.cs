using System.Text;
using System.Text.Json;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Pipeline.ErrorPages;

namespace Weir.Pipeline.Tests.ErrorPages;

public sealed class ErrorPageSetTests
{
    [Fact]
    public void A_page_says_status_reason_and_request_id_in_html()
    {
        Exchange exchange = Answer(new ErrorPageSet([]), ProxyErrors.ConnectRefused, "text/html", "0123-abc");
        exchange.Error.ShouldBe(ProxyErrors.ConnectRefused);
        exchange.Response.Status.ShouldBe(502);
        Field(exchange, KnownField.ContentType).ShouldBe("text/html; charset=utf-8");
        Field(exchange, KnownField.CacheControl).ShouldBe("no-store");
        Field(exchange, KnownField.RetryAfter).ShouldBeNull();
        string page = Body(exchange);
        page.ShouldContain("<h1>502 Bad Gateway</h1>");
        page.ShouldContain("0123-abc");
        page.ShouldNotMatch("\\{[a-z_]+\\}");
        page.ShouldEndWith("</html>\n");
    }

    [Fact]
    public void A_page_says_the_same_in_json()
    {
        Exchange exchange = Answer(new ErrorPageSet([]), ProxyErrors.NoServer, "application/json", "r-1", retryAfterSeconds: 7);
        Field(exchange, KnownField.ContentType).ShouldBe("application/json");
        Field(exchange, KnownField.RetryAfter).ShouldBe("7");
        using JsonDocument json = JsonDocument.Parse(Body(exchange));
        json.RootElement.GetProperty("status").GetInt32().ShouldBe(503);
        json.RootElement.GetProperty("title").GetString().ShouldBe("Service Unavailable");
        json.RootElement.GetProperty("request_id").GetString().ShouldBe("r-1");
    }

    [Fact]
    public void No_page_reveals_what_the_operator_is_told()
    {
        ErrorPageSet pages = new([]);
        foreach (ProxyError error in ProxyErrors.All)
        {
            foreach (string accept in (string[])["text/html", "application/json", "text/plain"])
            {
                Exchange exchange = Answer(pages, error, accept, "id", fill: each =>
                {
                    each.ErrorDetail = "secret detail";
                    each.UpstreamName = "secret upstream";
                    each.ServerName = "secret server";
                });
                string page = Body(exchange);
                exchange.Response.Status.ShouldBe(error.Status);
                page.ShouldContain($"{error.Status}");
                page.ShouldNotContain("secret");
                page.ShouldNotContain(error.Text);
                page.ShouldNotContain("weir", Case.Insensitive);
            }
        }
    }

    [Theory]
    [InlineData("text/html", "&#60;b&#62;&#34;&#38;&#233;")]
    [InlineData("application/json", "\\u003cb\\u003e\\u0022\\u0026\\u00e9")]
    [InlineData("text/plain", "<b>\"&?")]
    public void A_request_id_cannot_break_out_of_its_page(string accept, string expected)
    {
        Exchange exchange = Answer(new ErrorPageSet([]), ProxyErrors.NoRoute, accept, "<b>\"&\u00e9");
        string page = Body(exchange);
        page.ShouldContain(expected);
        if (accept == "application/json")
        {
            using JsonDocument json = JsonDocument.Parse(page);
            json.RootElement.GetProperty("request_id").GetString().ShouldBe("<b>\"&\u00e9");
        }
    }

    [Fact]
    public void A_page_of_a_status_goes_before_that_of_its_class_before_the_built_in_one()
    {
        ErrorPageSet pages = new([Template("5xx", "class {status}"), Template("502", "one"), Template("5xx", "J", ErrorPageForm.Json)]);
        Body(Answer(pages, ProxyErrors.OriginReset, "text/html", "i")).ShouldBe("one");
        Body(Answer(pages, ProxyErrors.OriginTimeout, "text/html", "i")).ShouldBe("class 504");
        Body(Answer(pages, ProxyErrors.OriginReset, "application/json", "i")).ShouldBe("J");
        Body(Answer(pages, ProxyErrors.NoRoute, "text/html", "i")).ShouldContain("<h1>404 Not Found</h1>");
    }

    [Theory]
    [InlineData("{request_id}", "id")]
    [InlineData("", "")]
    [InlineData("a{request_id}{request_id}b", "aididb")]
    [InlineData("{request_id}{status}{reason}{request_id}", "id404Not Foundid")]
    [InlineData("body { color: red } {unknown} {Status} \u00fc", "body { color: red } {unknown} {Status} \u00fc")]
    public void Only_the_placeholders_of_a_template_are_replaced(string template, string expected) =>
        Body(Answer(new ErrorPageSet([Template("404", template)]), ProxyErrors.NoRoute, "text/html", "id")).ShouldBe(expected);

    [Fact]
    public void Without_a_request_id_a_page_is_whole()
    {
        Exchange exchange = Answer(new ErrorPageSet([Template("404", "[{request_id}]")]), ProxyErrors.NoRoute, "text/html", "");
        Body(exchange).ShouldBe("[]");
    }

    [Fact]
    public void A_status_that_is_no_proxy_error_has_a_page_too()
    {
        Exchange exchange = Request("text/plain", "id");
        new ErrorPageSet([]).Answer(exchange, 418);
        Body(exchange).ShouldStartWith("418 Client Error\n");
        exchange.Error.ShouldBeNull();
    }

    [Fact]
    public void Json_can_be_turned_off()
    {
        Exchange exchange = Request("application/json", "id");
        new ErrorPageSet([], allowsJson: false).Answer(exchange, ProxyErrors.NoRoute);
        Field(exchange, KnownField.ContentType).ShouldBe("text/html; charset=utf-8");
    }

    [Fact]
    public void What_an_earlier_response_left_is_gone()
    {
        Exchange exchange = Request("text/html", "id");
        exchange.Response.Fields.Add("X-Origin", "secret");
        new ErrorPageSet([]).Answer(exchange, ProxyErrors.OriginBadHead);
        exchange.Response.Fields.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("502", true, 502, 502)]
    [InlineData("5xx", true, 500, 599)]
    [InlineData("4XX", true, 400, 499)]
    [InlineData("3xx", false, 0, 0)]
    [InlineData("200", false, 0, 0)]
    [InlineData("600", false, 0, 0)]
    [InlineData("+404", false, 0, 0)]
    [InlineData("", false, 0, 0)]
    [InlineData("50x", false, 0, 0)]
    public void A_status_pattern_is_a_status_or_a_class(string text, bool isPattern, int first, int last)
    {
        StatusPattern.TryParse(text, out StatusPattern pattern).ShouldBe(isPattern);
        pattern.ShouldBe(new StatusPattern(first, last));
    }

    [Theory]
    [InlineData("502.html", ErrorPageForm.Html)]
    [InlineData("pages/error.JSON", ErrorPageForm.Json)]
    [InlineData("e.txt", ErrorPageForm.Text)]
    [InlineData("page", ErrorPageForm.Html)]
    public void The_form_of_a_file_is_known_by_its_name(string file, ErrorPageForm form) => ErrorPageTemplate.FormOf(file).ShouldBe(form);

    internal static Exchange Request(string? accept, string requestId)
    {
        Exchange exchange = new();
        exchange.SetRequestId(Encoding.Latin1.GetBytes(requestId));
        if (accept is not null)
        {
            exchange.Request.Fields.Add("Accept", accept);
        }

        return exchange;
    }

    private static ErrorPageTemplate Template(string statuses, string page, ErrorPageForm form = ErrorPageForm.Html)
    {
        StatusPattern.TryParse(statuses, out StatusPattern pattern).ShouldBeTrue();
        return new ErrorPageTemplate(pattern, form, Encoding.UTF8.GetBytes(page));
    }

    private static Exchange Answer(
        ErrorPageSet pages, ProxyError error, string accept, string requestId, int retryAfterSeconds = 0, Action<Exchange>? fill = null)
    {
        Exchange exchange = Request(accept, requestId);
        fill?.Invoke(exchange);
        pages.Answer(exchange, error, retryAfterSeconds);
        return exchange;
    }

    private static string? Field(Exchange exchange, KnownField field) =>
        exchange.Response.Fields.TryGet(field, out ReadOnlySpan<byte> value) ? Encoding.ASCII.GetString(value) : null;

    // Reads to the end, and holds the reader to its contract: only the last piece may be empty, and the length was right.
    private static string Body(Exchange exchange)
    {
        List<byte> octets = [];
        while (true)
        {
            BodyRead read = exchange.ResponseBody.ReadAsync().Result;
            read.Error.ShouldBeNull();
            octets.AddRange(read.Data.Span);
            if (read.IsEnd)
            {
                break;
            }

            read.Data.IsEmpty.ShouldBeFalse();
        }

        exchange.Response.BodyLength.ShouldBe(BodyLength.Of(octets.Count));
        return Encoding.UTF8.GetString([.. octets]);
    }
}
