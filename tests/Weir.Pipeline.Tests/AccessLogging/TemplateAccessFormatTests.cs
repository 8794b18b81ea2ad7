using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Pipeline.AccessLogging;

namespace Weir.Pipeline.Tests.AccessLogging;

public sealed class TemplateAccessFormatTests
{
    [Fact]
    public void A_template_is_filled_in()
    {
        Exchange exchange = EndedExchange.Proxied();
        exchange.Request.Fields.Add("Accept-Language", "de");
        exchange.Request.Fields.Add("Accept-Language", "en");
        exchange.Response.Fields.Add("X-Cache", "hit");
        Line("{{{client}}} {method} {path}?{query} {status} {phases.wait} {header.accept-language} {response_header.X-Cache}|{header.X-None}",
            exchange)
            .ShouldBe("{192.0.2.7} GET /cart/items?page=2 200 0.270 de, en hit|-\n");
    }

    [Fact]
    public void Every_key_is_a_placeholder()
    {
        foreach (AccessKeyDefinition row in AccessKeys.All)
        {
            string line = Line($"[{{{row.Name}}}]", EndedExchange.Proxied());
            line.ShouldStartWith("[");
            line.ShouldEndWith("]\n");
            line.Length.ShouldBeGreaterThan(3, row.Name);
        }

        Line("{reused} {retries} {server}", EndedExchange.Of("GET", "/"u8.ToArray())).ShouldBe("- - -\n");
    }

    [Fact]
    public void A_client_cannot_forge_lines()
    {
        Exchange exchange = EndedExchange.Of("GET", "/\n/"u8.ToArray());
        exchange.Request.Fields.AddStored(KnownField.Origin, exchange.Request.Fields.Store("a\r\nb\""u8));
        Line("{path} \"{header.Origin}\"", exchange).ShouldBe("/\\x0a/ \"a\\x0d\\x0ab\\x22\"\n");
    }

    [Theory]
    [InlineData("{pth}", 0, "{pth} is not a placeholder.", "The nearest one is {path}.")]
    [InlineData("a {user-agent}", 2, "{user-agent} is not a placeholder.", "The nearest one is {user_agent}.")]
    [InlineData("{connect}", 0, "{connect} is not a placeholder.", "The nearest one is {client}.")]
    [InlineData("{status} {", 9, "A placeholder is not closed.", "End it with }, or write {{ for a brace in the line.")]
    [InlineData("{status} }", 9, "A closing brace stands alone.", "Write }} for a brace in the line.")]
    [InlineData("{header.Authorization}", 0, "The field Authorization holds secrets and is never logged.", "Take the placeholder out.")]
    [InlineData("{header.cookie}", 0, "The field cookie holds secrets and is never logged.", "Take the placeholder out.")]
    [InlineData("{header.PROXY-Authorization}", 0,
        "The field PROXY-Authorization holds secrets and is never logged.", "Take the placeholder out.")]
    [InlineData("{response_header.Set-Cookie}", 0, "The field Set-Cookie holds secrets and is never logged.", "Take the placeholder out.")]
    [InlineData("{header.}", 0, "\"\" is not a field name.", "Write a name as in {header.Accept-Language}.")]
    [InlineData("{status}\n", 8, "The template holds the control character U+000A.", "Take it out: one exchange is one line.")]
    [InlineData("jsn", 0, "The format \"jsn\" has no placeholder: every line would be the same.",
        "Write json, combined, or a template such as \"{client} {status} {path}\".")]
    public void A_mistake_is_named_with_its_place_and_remedy(string template, int position, string cause, string remedy)
    {
        AccessFormat.TryParse(template, out IReadOnlyList<AccessFormatError> errors).ShouldBeNull();
        AccessFormatError error = errors.ShouldHaveSingleItem();
        error.Position.ShouldBe(position);
        error.Cause.ShouldBe(cause);
        error.Remedy.ShouldBe(remedy);
    }

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        AccessFormat.TryParse("{nope} {header.Cookie} } {", out IReadOnlyList<AccessFormatError> errors).ShouldBeNull();
        errors.Count.ShouldBe(4);
    }

    [Fact]
    public void The_named_formats_are_known()
    {
        AccessFormat.TryParse("json", out _).ShouldBeOfType<JsonAccessFormat>();
        AccessFormat.TryParse("combined", out _).ShouldBeOfType<CombinedAccessFormat>();
    }

    [Fact]
    public void A_template_with_everything_twice_still_fits_its_line()
    {
        StringBuilder template = new();
        foreach (AccessKeyDefinition row in AccessKeys.All.Concat(AccessKeys.All))
        {
            template.Append('{').Append(row.Name).Append("} ");
        }

        template.Append("{header.Referer} {header.User-Agent}").Append('.', 1500);
        string line = Line(template.ToString(), JsonAccessFormatTests.Longest((byte)'"'));
        Encoding.UTF8.GetByteCount(line).ShouldBeLessThanOrEqualTo(AccessFormat.MaxLineOctets);
        line.ShouldEndWith(new string('.', 1500) + "\n");
    }

    [Fact]
    public void A_template_that_no_line_could_hold_is_refused()
    {
        AccessFormat.TryParse("{path}" + new string('x', 5000), out IReadOnlyList<AccessFormatError> tooLong).ShouldBeNull();
        tooLong.ShouldHaveSingleItem().Cause.ShouldContain("5000");
        AccessFormat.TryParse(string.Concat(Enumerable.Repeat("{path}", 500)), out IReadOnlyList<AccessFormatError> tooMany).ShouldBeNull();
        tooMany.ShouldHaveSingleItem().Cause.ShouldContain("500");
    }

    private static string Line(string template, Exchange exchange)
    {
        AccessFormat? format = AccessFormat.TryParse(template, out IReadOnlyList<AccessFormatError> errors);
        errors.ShouldBeEmpty();
        return EndedExchange.Line(format!.ForLoop(), exchange);
    }
}
