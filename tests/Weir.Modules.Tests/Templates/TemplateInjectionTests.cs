using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Templates;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Templates;

/// <summary>Whatever a client sends, a rendered value stays in its place.</summary>
public sealed class TemplateInjectionTests
{
    [Theory]
    [InlineData("/old//evil.example", "/evil.example")]
    [InlineData("/old////evil.example", "/evil.example")]
    [InlineData("/old/", "/")]
    [InlineData("/old/a//b", "/a//b")]
    [InlineData("/old/\\evil.example", "/%5Cevil.example")]
    [InlineData("/old/\t/evil.example", "/%09/evil.example")]
    [InlineData("/old/%2Fevil.example", "/%2Fevil.example")]
    [InlineData("/old/a%0D%0ASet-Cookie:x", "/a%0D%0ASet-Cookie:x")]
    [InlineData("/old/a?x#y", "/a%3Fx%23y")]
    [InlineData("/old/100%", "/100%25")]
    public void The_rest_of_a_path_never_becomes_a_host_a_query_or_a_line(string path, string expected)
    {
        TestExchange test = new();
        test.Request.ReplacePath(Encoding.Latin1.GetBytes(path));
        test.Exchange.RoutePrefixLength = 4;

        TemplateTests.Render("/{path.rest}", TemplateContext.Url, test).ShouldBe(expected);
        TemplateTests.Render("/{path.rest}", TemplateContext.Path, test).ShouldBe(expected);
        TemplateTests.Render("https://example.com{path}", TemplateContext.Url, test)!.ShouldStartWith("https://example.com/old/");
    }

    [Fact]
    public void A_whole_path_never_begins_a_host()
    {
        TestExchange test = new();
        test.Request.ReplacePath("//evil.example/x"u8);

        TemplateTests.Render("{path}", TemplateContext.Url, test).ShouldBe("/evil.example/x");
        TemplateTests.Render("{path}{?query}", TemplateContext.Url, test).ShouldBe("/evil.example/x");
    }

    [Fact]
    public void An_empty_value_between_slashes_does_not_make_a_host()
    {
        TestExchange test = new();

        TemplateTests.Render("/{header.X-None}/evil.example", TemplateContext.Url, test).ShouldBe("/evil.example");
        TemplateTests.Render("/{header.X-None}{cookie.a}/{path}", TemplateContext.Url, test).ShouldBe("/");
    }

    [Fact]
    public void A_path_that_is_missing_does_not_run_into_the_host()
    {
        TestExchange test = new("OPTIONS *");

        TemplateTests.Render("https://example.com{path}", TemplateContext.Url, test).ShouldBe("https://example.com/*");
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    public void A_value_that_makes_a_dot_segment_is_refused(string value)
    {
        TestExchange test = new("GET /", "X-Dir: " + value);

        TemplateTests.Render("/a/{header.X-Dir}/b", TemplateContext.Path, test).ShouldBeNull();
        TemplateTests.Render("/a/{header.X-Dir}", TemplateContext.Url, test).ShouldBeNull();
        TemplateTests.Render("/a/{header.X-Dir}?b=1", TemplateContext.Url, test).ShouldBeNull();
        TemplateTests.Render("/a/x{header.X-Dir}", TemplateContext.Url, test).ShouldBe("/a/x" + value);
        TemplateTests.Render("/a?b=/{header.X-Dir}/", TemplateContext.Url, test).ShouldBe($"/a?b=/{value}/");
    }

    [Fact]
    public void Dots_that_meet_or_are_encoded_are_seen_too()
    {
        TestExchange test = new("GET /", "X-Dot: .");
        test.Request.ReplacePath("/%2E%2e/x"u8);

        TemplateTests.Render("/a/.{header.X-Dot}/b", TemplateContext.Path, test).ShouldBeNull();
        TemplateTests.Render("/a{path}", TemplateContext.Path, test).ShouldBeNull();
        TemplateTests.Render("/.well-known/{header.X-Dot}x", TemplateContext.Path, test).ShouldBe("/.well-known/.x");
    }

    [Fact]
    public void A_header_in_a_path_is_one_segment_and_in_a_query_one_value()
    {
        TestExchange test = new("GET /a%2Fb?p=1&q=2", "X-V: a/b?c=d&e#f%2F;g@h ü");

        TemplateTests.Render("/x/{header.X-V}/y", TemplateContext.Url, test).ShouldBe("/x/a%2Fb%3Fc%3Dd%26e%23f%252F%3Bg%40h%20%FC/y");
        TemplateTests.Render("/x?v={header.X-V}", TemplateContext.Url, test).ShouldBe("/x?v=a%2Fb%3Fc%3Dd%26e%23f%252F%3Bg%40h%20%FC");
        TemplateTests.Render("/login?next={path}", TemplateContext.Url, test).ShouldBe("/login?next=%2Fa%252Fb");
        TemplateTests.Render("/x?{query}", TemplateContext.Url, test).ShouldBe("/x?p=1&q=2");
        TemplateTests.Render("/x?all={query}#{query}", TemplateContext.Url, test).ShouldBe("/x?all=p=1&q=2#p%3D1%26q%3D2");
        TemplateTests.Render("/{query}", TemplateContext.Url, test).ShouldBe("/p%3D1%26q%3D2");
    }

    [Fact]
    public void A_query_cannot_leave_its_line_or_begin_a_fragment()
    {
        TestExchange test = new();
        test.Request.ReplaceQuery("a=\r\nX: y\0#f \"<>\\ü100%"u8, true);

        TemplateTests.Render("/x{?query}", TemplateContext.Url, test)
            .ShouldBe("/x?a=%0D%0AX:%20y%00%23f%20%22%3C%3E%5C%C3%BC100%");
    }

    [Fact]
    public void A_field_value_holds_no_control_octet_and_no_outer_space()
    {
        TestExchange test = new();
        test.Request.ReplaceQuery(" \ta\r\nSet-Cookie: x\0\u007f\u0001b\tc "u8, true);

        TemplateTests.Render("{query}", TemplateContext.HeaderValue, test).ShouldBe("a  Set-Cookie: x   b\tc");
        TemplateTests.Render("{header.X-None} {header.X-None} x ", TemplateContext.HeaderValue, test).ShouldBe("x");
    }

    [Theory]
    [InlineData("")]
    [InlineData("evil.example/")]
    [InlineData("a@evil.example")]
    [InlineData("evil.example\\")]
    public void A_host_that_is_none_is_refused_where_a_host_stands(string host)
    {
        TestExchange test = new("GET /evil.example");
        ByteSlice octets = test.Request.Fields.Store(Encoding.ASCII.GetBytes(host));
        test.Request.SetAuthority(octets, octets, 0);

        TemplateTests.Render("https://{host}{path}", TemplateContext.Url, test).ShouldBeNull();
        TemplateTests.Render("{scheme}://{authority}/", TemplateContext.Url, test).ShouldBeNull();
        TemplateTests.Render("{host}", TemplateContext.Authority, test).ShouldBeNull();
        TemplateTests.Render("{host}", TemplateContext.Plain, test).ShouldBe(host);
    }

    [Fact]
    public void The_own_text_is_encoded_for_its_place()
    {
        TestExchange test = new();

        TemplateTests.Render("/größe x/%41", TemplateContext.Path, test).ShouldBe("/gr%C3%B6%C3%9Fe%20x/%41");
        TemplateTests.Render("a b&c=%", TemplateContext.QueryValue, test).ShouldBe("a%20b%26c%3D%25");
        TemplateTests.Render("HTTPS://example.com:8443?a=b c#d e", TemplateContext.Url, test)
            .ShouldBe("https://example.com:8443?a=b%20c#d%20e");
        TemplateTests.Render("https://{host}:{port}{?query}", TemplateContext.Url, test).ShouldBe("https://shop.example.com:8443");
    }

    [Fact]
    public void Random_octets_from_a_client_stay_in_place()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 3000; round++)
        {
            TestExchange test = new();
            test.Request.ReplacePath(Octets(random, "/"));
            test.Request.ReplaceQuery(Octets(random, ""), true);
            test.Exchange.RoutePrefixLength = 0;

            string? url = TemplateTests.Render("/{path.rest}{header.X}/{path}?q={query}&p={path}", TemplateContext.Url, test);
            string value = TemplateTests.Render("a {query} {path}", TemplateContext.HeaderValue, test)!;

            if (url is not null)
            {
                url.ShouldStartWith("/");
                url.ShouldNotStartWith("//");
                url.Count(character => character is <= ' ' or > '~' or '#' or '\\' or '"').ShouldBe(0, url);
            }

            FieldSyntax.IsValue(Encoding.Latin1.GetBytes(value)).ShouldBeTrue();
        }
    }

    private static byte[] Octets(Random random, string begin)
    {
        ReadOnlySpan<char> alphabet = "/\\.%2eE5cC0dDaA?#&=;@: \t\r\n\0\u007fü\"<>xyz";
        StringBuilder text = new(begin);
        for (int length = random.Next(12); length > 0; length--)
        {
            text.Append(alphabet[random.Next(alphabet.Length)]);
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
