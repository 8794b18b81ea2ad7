using Weir.Abstractions.Modules;
using Weir.Modules.Respond;
using Weir.Modules.Tests.Headers;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Respond;

public sealed class RespondTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-respond-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_defaults_answer_200_without_content()
    {
        TestExchange test = Run(new());

        test.Exchange.Response.Status.ShouldBe(200);
        test.ResponseFields.ShouldBe("");
        test.AnswerBody().ShouldBe("");
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    [InlineData(404)]
    [InlineData(599)]
    public void The_status_is_the_one_given(int status)
    {
        TestExchange test = Run(new() { Status = status });

        test.Exchange.Response.Status.ShouldBe(status);
        test.AnswerBody().ShouldBe("");
    }

    [Fact]
    public void A_body_is_text_in_utf_8()
    {
        TestExchange test = Run(new() { Body = "Grüße" });

        test.ResponseFields.ShouldBe("Content-Type: text/plain; charset=utf-8\r\n");
        test.AnswerBody().ShouldBe("Grüße");
    }

    [Fact]
    public void The_content_type_is_the_one_given() =>
        Run(new() { Body = "{}", ContentType = "application/json" }).ResponseFields.ShouldBe("Content-Type: application/json\r\n");

    [Theory]
    [InlineData("page.html", "text/html; charset=utf-8")]
    [InlineData("data.JSON", "application/json")]
    [InlineData("data", "application/octet-stream")]
    public void A_file_is_read_at_load_and_its_name_gives_the_type(string name, string contentType)
    {
        File.WriteAllText(Path.Combine(_folder, name), "content");
        IModule module = new TestBuilder(folder: _folder).Make(new RespondFactory(), new() { BodyFile = name });
        File.Delete(Path.Combine(_folder, name));
        TestExchange test = new();
        test.RunRequest(module).ShouldBe(Verdict.Answered);

        test.AnswerBody().ShouldBe("content");
        test.ResponseFields.ShouldBe($"Content-Type: {contentType}\r\n");
    }

    [Fact]
    public void Further_fields_are_templates()
    {
        Dictionary<string, string> fields = HeadersModuleTests.Map(("Retry-After", "60"), ("X-Host", "{host} {status}"));
        TestExchange test = Run(new() { Status = 503, Headers = fields });

        test.ResponseFields.ShouldBe("Retry-After: 60\r\nX-Host: shop.example.com 503\r\n");
    }

    [Fact]
    public void The_trace_names_the_status()
    {
        TestExchange test = new();
        test.Exchange.Trace = new();
        test.RunRequest(new TestBuilder().Make(new RespondFactory(), new() { Status = 404 }));

        test.Exchange.Trace.Steps.ShouldHaveSingleItem().Text.ShouldBe("404");
    }

    [Theory]
    [InlineData(100)]
    [InlineData(199)]
    [InlineData(600)]
    public void A_status_that_is_not_final_is_a_mistake(int status) =>
        ErrorOf(new() { Status = status }).ShouldBe($"status: {status} is not a final status code. Use 200 to 599.");

    [Theory]
    [InlineData(204)]
    [InlineData(205)]
    [InlineData(304)]
    public void Content_where_there_is_none_is_a_mistake(int status) =>
        ErrorOf(new() { Status = status, Body = "x" })
            .ShouldBe($"body: A {status} response has no content. Remove it, or use another status.");

    [Fact]
    public void Two_bodies_are_a_mistake()
    {
        File.WriteAllText(Path.Combine(_folder, "a.txt"), "content");
        TestBuilder builder = new(folder: _folder);

        new RespondFactory().Create((object)new RespondOptions { Body = "x", BodyFile = "a.txt" }, builder).ShouldBeNull();

        builder.Errors.ShouldHaveSingleItem().ShouldBe("body_file: body and body_file are both given. Keep one of them.");
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_mistake() =>
        ErrorOf(new() { BodyFile = "none.html" }).ShouldStartWith("body_file: \"none.html\" cannot be read: ");

    [Fact]
    public void A_type_without_content_is_a_mistake() =>
        ErrorOf(new() { ContentType = "text/html" })
            .ShouldBe("content_type: There is no content to have a type. Add body or body_file, or remove it.");

    [Theory]
    [InlineData("html")]
    [InlineData("")]
    [InlineData("text/html\r\nX: y")]
    public void A_type_that_is_none_is_a_mistake(string contentType) =>
        ErrorOf(new() { Body = "x", ContentType = contentType }).ShouldStartWith($"content_type: \"{contentType}\" is not a media type.");

    [Fact]
    public void A_field_of_the_framing_is_a_mistake() =>
        ErrorOf(new() { Headers = HeadersModuleTests.Map(("Content-Length", "5")) }).ShouldStartWith("headers.Content-Length: ");

    private static string ErrorOf(RespondOptions options) => TestBuilder.ErrorOf(new RespondFactory(), options);

    private static TestExchange Run(RespondOptions options)
    {
        TestExchange test = new();
        test.RunRequest(new TestBuilder().Make(new RespondFactory(), options)).ShouldBe(Verdict.Answered);
        return test;
    }
}
