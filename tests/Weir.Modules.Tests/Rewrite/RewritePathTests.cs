using Weir.Abstractions.Modules;
using Weir.Modules.Rewrite;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Rewrite;

public sealed class RewritePathTests
{
    [Theory]
    [InlineData("/old/a?x=1", "/a?x=1")]
    [InlineData("/old", "/")]
    [InlineData("/old/", "/")]
    [InlineData("/older/a", "/older/a")]
    [InlineData("/", "/")]
    [InlineData("/old//evil.example", "/evil.example")]
    [InlineData("/old////", "/")]
    [InlineData("/old/a//b", "/a//b")]
    public void Strip_prefix_ends_at_a_segment(string target, string expected)
    {
        Run(new() { StripPrefix = "/old" }, target).ShouldBe(expected);
        Run(new() { StripPrefix = "/old/" }, target).ShouldBe(expected);
    }

    [Theory]
    [InlineData("/", "/app/")]
    [InlineData("/a/b?x=1", "/app/a/b?x=1")]
    [InlineData("//a", "/app//a")]
    public void Add_prefix_is_put_in_front(string target, string expected) => Run(new() { AddPrefix = "/app/" }, target).ShouldBe(expected);

    [Fact]
    public void Strip_replace_and_add_run_in_this_order() =>
        Run(new() { StripPrefix = "/old", Replace = new() { Pattern = "^/a/", With = "/b/" }, AddPrefix = "/app" }, "/old/a/c")
            .ShouldBe("/app/b/c");

    [Theory]
    [InlineData("/shop/item/7?x=1", "/items/7/of/shop?x=1")]
    [InlineData("/shop/items/7", "/shop/items/7")]
    public void Replace_puts_groups_in_their_place(string target, string expected) =>
        Run(new() { Replace = new() { Pattern = "^/(?<shop>[a-z]+)/item/([0-9]+)$", With = "/items/$1/of/${shop}" } }, target)
            .ShouldBe(expected);

    [Theory]
    [InlineData("^/a", "x", "/a/b", "/x/b")]
    [InlineData("^/a", "//evil.example", "/a/b", "/evil.example/b")]
    [InlineData("^/a/", "/", "/a//evil.example", "/evil.example")]
    [InlineData("/", "/größe/", "/a", "/gr%C3%B6%C3%9Fe/a")]
    [InlineData("a", "$$", "/aa", "/$$")]
    [InlineData("a", "<|>", "/a", "/%3C%7C%3E")]
    [InlineData("^.*$", "/", "/a", "/")]
    public void A_replaced_path_begins_with_one_slash(string pattern, string with, string target, string expected) =>
        Run(new() { Replace = new() { Pattern = pattern, With = with } }, target).ShouldBe(expected);

    [Theory]
    [InlineData("^/a(.*)b$", "/x/$1", "/a..b")]
    [InlineData("^/a(.*)b$", "/x/$1/y", "/a.b")]
    [InlineData("X", ".", "/a/.X/b")]
    [InlineData("X", "", "/%5XC/b")]
    [InlineData("X", "", "/%0X0/b")]
    public void A_replaced_path_that_is_not_allowed_refuses_the_request(string pattern, string with, string path) =>
        ShouldRefuse(new() { Replace = new() { Pattern = pattern, With = with } }, new("GET " + path));

    [Fact]
    public void A_long_path_is_replaced_too()
    {
        string tail = new('a', 3000);

        Run(new() { Replace = new() { Pattern = "^/x/", With = "/y/" } }, "/x/" + tail).ShouldBe("/y/" + tail);
    }

    [Fact]
    public void A_path_template_makes_the_whole_path_and_asks_the_rules()
    {
        TestBuilder builder = new("/old/*");
        IModule module = builder.Make(new RewriteFactory(), new() { Path = "/new/{path.rest}/{header.X-V}" });
        TestExchange test = new("GET /old/a/b?x=1", "X-V: c/d e");
        test.Exchange.RoutePrefixLength = 4;

        test.RunRequest(module).ShouldBe(Verdict.Continue);

        test.Target.ShouldBe("/new/a/b/c%2Fd%20e?x=1");
        builder.Rules.Asked.ShouldBe(["/new/a/b/c%2Fd%20e"]);
    }

    [Theory]
    [InlineData("/x/{header.X-V}", "..")]
    [InlineData("/x/{header.X-V}", "a\\b")]
    public void A_path_template_that_makes_a_forbidden_path_refuses_the_request(string path, string value) =>
        ShouldRefuse(new() { Path = path }, new("GET /", "X-V: " + value));

    [Fact]
    public void A_path_template_never_begins_with_two_slashes() =>
        Run(new() { Path = "/{path.rest}" }, "///evil.example").ShouldBe("/evil.example");

    [Fact]
    public void The_asterisk_of_options_stays()
    {
        TestExchange test = new("OPTIONS *");
        test.Request.IsAsterisk = true;
        test.RunRequest(new TestBuilder().Make(new RewriteFactory(), new() { AddPrefix = "/app" })).ShouldBe(Verdict.Continue);

        test.Target.ShouldBe("*");
    }

    [Fact]
    public void Stripping_and_adding_a_prefix_allocate_nothing()
    {
        RewriteOptions stripping = new() { StripPrefix = "/old", MapResponses = true };
        RewriteOptions adding = new()
        {
            AddPrefix = "/app",
            Replace = new() { Pattern = "^/none", With = "/x" },
            Query = new() { Remove = ["y"] },
        };
        IRequestModule strip = (IRequestModule)new TestBuilder().Make(new RewriteFactory(), stripping);
        IRequestModule add = (IRequestModule)new TestBuilder().Make(new RewriteFactory(), adding);
        TestExchange test = new("GET /old/a?x=1");

        Allocation.Of(() =>
        {
            test.Request.Fields.Clear();
            test.Request.ReplacePath("/old/a"u8);
            test.Request.ReplaceQuery("x=1&y=2"u8, true);
            strip.OnRequestAsync(test.Exchange).IsCompletedSuccessfully.ShouldBeTrue();
            add.OnRequestAsync(test.Exchange).IsCompletedSuccessfully.ShouldBeTrue();
        }).ShouldBe(0);
        test.Target.ShouldBe("/app/a?x=1");
    }

    private static string Run(RewriteOptions options, string target)
    {
        TestExchange test = new("GET " + target);
        test.RunRequest(new TestBuilder().Make(new RewriteFactory(), options)).ShouldBe(Verdict.Continue);
        return test.Target;
    }

    private static void ShouldRefuse(RewriteOptions options, TestExchange test)
    {
        test.RunRequest(new TestBuilder().Make(new RewriteFactory(), options)).ShouldBe(Verdict.Answered);
        test.Exchange.Response.Status.ShouldBe(400);
        test.Exchange.ErrorDetail.ShouldBe("the path made of the client's values is not allowed");
    }
}
