using Weir.Modules.Headers;
using Weir.Modules.Tests.Testing;
using static Weir.Modules.Tests.Headers.HeadersModuleTests;

namespace Weir.Modules.Tests.Headers;

public sealed class HeadersFactoryTests
{
    [Theory]
    [InlineData("Content-Length")]
    [InlineData("transfer-encoding")]
    [InlineData("Connection")]
    [InlineData("Keep-Alive")]
    [InlineData("Proxy-Connection")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Upgrade")]
    [InlineData("HTTP2-Settings")]
    [InlineData("Expect")]
    [InlineData("Content_Length")]
    public void The_framing_cannot_be_touched(string name)
    {
        string message = $"{name} belongs to the framing of the connection, which Weir writes by itself. Remove it.";

        ErrorOf(new() { Request = new() { Set = Map((name, "x")) } }).ShouldBe($"request.set.{name}: {message}");
        ErrorOf(new() { Request = new() { Remove = [name] } }).ShouldBe($"request.remove[0]: {message}");
        ErrorOf(new() { Response = new() { Add = Map((name, "x")) } }).ShouldBe($"response.add.{name}: {message}");
        ErrorOf(new() { Response = new() { Rename = Map(("X-A", name)) } }).ShouldBe($"response.rename.X-A: {message}");
        ErrorOf(new() { Response = new() { Rename = Map((name, "X-A")) } }).ShouldBe($"response.rename.{name}: {message}");
    }

    [Fact]
    public void Host_has_an_option_of_its_own() =>
        ErrorOf(new() { Request = new() { Set = Map(("Host", "x")) } })
            .ShouldBe(
                "request.set.Host: Host says which server a request is for, so it is not set like other fields. "
                + "Use the option request.host of headers.");

    [Theory]
    [InlineData("X Tag")]
    [InlineData("X-Tag:")]
    [InlineData("")]
    [InlineData("X-Größe")]
    public void A_name_must_be_a_token(string name) =>
        ErrorOf(new() { Request = new() { Set = Map((name, "x")) } })
            .ShouldBe($"request.set.{name}: \"{name}\" is not a field name. Use letters, digits and \"-\".");

    [Theory]
    [InlineData("*")]
    [InlineData("X-**")]
    [InlineData("X *")]
    public void A_wildcard_stands_behind_the_beginning_of_a_name(string name) =>
        ErrorOf(new() { Response = new() { Remove = [name] } })
            .ShouldBe(
                $"response.remove[0]: \"{name}\" is not a field name with a * at its end. "
                + "Write the beginning of the names, then *: X-Internal-*.");

    [Fact]
    public void A_value_cannot_hold_a_line_end() =>
        ErrorOf(new() { Response = new() { Set = Map(("X-A", "a\nb")) } })
            .ShouldStartWith("response.set.X-A: A control character (U+000A)");

    [Fact]
    public void A_misspelt_placeholder_is_named() =>
        ErrorOf(new() { Request = new() { Add = Map(("X-A", "{client.io}")) } }).ShouldEndWith("Did you mean {client.ip}?");

    [Fact]
    public void The_status_is_not_known_on_the_way_down() =>
        ErrorOf(new() { Request = new() { Set = Map(("X-A", "{status}")) } })
            .ShouldBe("request: {status} in \"{status}\" is not known before there is a response. Use it under response.");

    [Theory]
    [InlineData("a/b")]
    [InlineData("{header.X-Host}")]
    [InlineData("")]
    [InlineData("app:99999")]
    [InlineData("app:x")]
    public void A_host_must_be_one(string host) =>
        ErrorOf(new() { Request = new() { Host = host } }).ShouldStartWith("request.host: ");

    [Fact]
    public void A_module_without_operations_is_a_mistake() =>
        ErrorOf(new()).ShouldStartWith(": headers has nothing to do. Name an operation");

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        TestBuilder builder = new();

        new HeadersFactory().Create((object)new HeadersOptions
        {
            Request = new() { Host = "a b", Remove = ["Connection"], Set = Map(("A B", "x"), ("X-A", "{pth}")) },
            Response = new() { Add = Map(("TE", "x")) },
        }, builder).ShouldBeNull();

        builder.Errors.Count.ShouldBe(5);
    }

    private static string ErrorOf(HeadersOptions options) => TestBuilder.ErrorOf(new HeadersFactory(), options);
}
