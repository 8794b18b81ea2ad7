using Weir.Abstractions.Exchanges;
using Weir.Pipeline.ErrorPages;

namespace Weir.Pipeline.Tests.ErrorPages;

public sealed class AcceptChoiceTests
{
    [Theory]
    [InlineData("", ErrorPageForm.Html)]
    [InlineData("*/*", ErrorPageForm.Html)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", ErrorPageForm.Html)]
    [InlineData("application/json", ErrorPageForm.Json)]
    [InlineData("Application/JSON; charset=utf-8", ErrorPageForm.Json)]
    [InlineData("application/json, text/plain, */*", ErrorPageForm.Json)]
    [InlineData("application/json;q=0.5, text/html;q=0.4", ErrorPageForm.Json)]
    [InlineData("application/json;q=0.4, text/html;q=0.5", ErrorPageForm.Html)]
    [InlineData("application/*", ErrorPageForm.Json)]
    [InlineData("application/problem+json", ErrorPageForm.Json)]
    [InlineData("text/html;q=0, */*", ErrorPageForm.Json)]
    [InlineData("text/html;q=0, application/json;q=0, */*", ErrorPageForm.Text)]
    [InlineData("text/plain", ErrorPageForm.Text)]
    [InlineData("text/plain, application/json;q=0.9", ErrorPageForm.Text)]
    [InlineData("text/*", ErrorPageForm.Html)]
    [InlineData("text/*;q=0.5, text/html;q=0.1", ErrorPageForm.Text)]
    [InlineData("image/png", ErrorPageForm.Html)]
    [InlineData("*/*;q=0", ErrorPageForm.Html)]
    [InlineData(",,;q=, garbage", ErrorPageForm.Html)]
    public void The_highest_weight_wins_then_the_most_exact_range(string accept, ErrorPageForm form) =>
        AcceptChoice.Read(ErrorPageSetTests.Request(accept, "id").Request.Fields).Form(allowsJson: true).ShouldBe(form);

    [Fact]
    public void Several_fields_are_one_list()
    {
        Exchange exchange = ErrorPageSetTests.Request("text/html;q=0.3", "id");
        exchange.Request.Fields.Add("accept", "application/json;q=0.7");
        AcceptChoice.Read(exchange.Request.Fields).Form(allowsJson: true).ShouldBe(ErrorPageForm.Json);
    }

    [Theory]
    [InlineData("application/problem+json", true)]
    [InlineData("application/json", false)]
    [InlineData("application/problem+json;q=0", false)]
    public void Problem_json_is_said_to_who_names_it(string accept, bool isNamed) =>
        AcceptChoice.Read(ErrorPageSetTests.Request(accept, "id").Request.Fields).NamesProblem.ShouldBe(isNamed);
}
