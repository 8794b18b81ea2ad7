using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Modules.Headers;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Headers;

public sealed class HeadersModuleTests
{
    [Fact]
    public void Set_replaces_all_fields_of_the_name()
    {
        RequestFieldsOptions options = new() { Set = Map(("x-tag", "new"), ("User-Agent", "weir")) };
        TestExchange test = Request(options, "X-Tag: a", "User-Agent: curl", "X-TAG: b");

        test.RequestFields.ShouldBe("x-tag: new\r\nUser-Agent: weir\r\n");
    }

    [Fact]
    public void A_set_field_is_one_line_that_a_codec_copies_at_once()
    {
        TestExchange test = Request(new() { Set = Map(("X-Tag", "new"), ("Server", "{host}")) });

        Encoding.ASCII.GetString(test.Request.Fields.LineAt(0)).ShouldBe("X-Tag: new\r\n");
        Encoding.ASCII.GetString(test.Request.Fields.LineAt(1)).ShouldBe("Server: shop.example.com\r\n");
        test.Request.Fields.FieldAt(1).ShouldBe(KnownField.Server);
    }

    [Fact]
    public void Add_keeps_the_fields_of_the_name() =>
        Request(new() { Add = Map(("X-Tag", "b")) }, "X-Tag: a").RequestFields.ShouldBe("X-Tag: a\r\nX-Tag: b\r\n");

    [Fact]
    public void Remove_takes_names_in_any_case() =>
        Request(new() { Remove = ["X-A", "user-agent", "x-none"] }, "x-a: 1", "X-B: 2", "User-Agent: c", "X-A: 3")
            .RequestFields.ShouldBe("X-B: 2\r\n");

    [Fact]
    public void Remove_with_a_wildcard_takes_every_end_but_never_the_framing() =>
        Request(
            new() { Remove = ["x-int*", "Co*"] },
            "X-Int: 1", "X-Internal-A: 2", "X-In: 3", "Content-Length: 4", "Cookie: a=b", "Connection: x")
            .RequestFields.ShouldBe("X-In: 3\r\nContent-Length: 4\r\nConnection: x\r\n");

    [Fact]
    public void Rename_moves_all_fields_of_the_name() =>
        Request(new() { Rename = Map(("X-Old", "X-New"), ("x-case", "X-Case")) }, "X-Old: 1", "X-Case: c", "x-old: 2", "X-New: 0")
            .RequestFields.ShouldBe("X-New: 0\r\nX-New: 1\r\nX-New: 2\r\nX-Case: c\r\n");

    [Fact]
    public void The_operations_run_as_remove_rename_set_add()
    {
        RequestFieldsOptions options = new()
        {
            Remove = ["X-A"],
            Rename = Map(("X-B", "X-A")),
            Set = Map(("X-C", "{header.X-A}")),
            Add = Map(("X-C", "{header.X-C}!")),
        };

        Request(options, "X-A: a", "X-B: b", "X-C: c").RequestFields.ShouldBe("X-A: b\r\nX-C: b\r\nX-C: b!\r\n");
    }

    [Fact]
    public void A_set_value_may_mention_the_field_itself() =>
        Request(new() { Set = Map(("X-Tag", "{header.X-Tag}, weir"), ("Via", "{header.Via}x")) }, "X-Tag: a", "Via: b")
            .RequestFields.ShouldBe("X-Tag: a, weir\r\nVia: bx\r\n");

    [Fact]
    public void A_template_that_renders_to_nothing_leaves_no_field() =>
        Request(new() { Set = Map(("X-User", "{header.X-Real}")), Add = Map(("X-More", "{cookie.none}")) }, "X-User: forged")
            .RequestFields.ShouldBe("");

    [Fact]
    public void An_empty_text_sets_an_empty_field() =>
        Request(new() { Set = Map(("X-User", "")) }, "X-User: a").RequestFields.ShouldBe("X-User: \r\n");

    [Fact]
    public void A_value_cannot_split_the_head()
    {
        Dictionary<string, string> fields = Map(("X-Query", "{query}"));
        IModule module = Make(new() { Request = new() { Set = fields }, Response = new() { Set = fields } });
        TestExchange test = new();
        test.Request.ReplaceQuery("a\r\nSet-Cookie: b=c\0"u8, true);
        test.Respond(200);
        test.RunRequest(module);
        test.RunResponse(module);

        test.RequestFields.ShouldBe("X-Query: a  Set-Cookie: b=c\r\n");
        test.ResponseFields.ShouldBe("X-Query: a  Set-Cookie: b=c\r\n");
    }

    [Fact]
    public void The_host_for_the_origin_changes_and_the_clients_stays()
    {
        TestExchange test = Request(new() { Host = "App.internal:{port}" });

        Encoding.ASCII.GetString(test.Request.OriginAuthority).ShouldBe("app.internal:8443");
        Encoding.ASCII.GetString(test.Request.Authority).ShouldBe("shop.example.com:8443");
        RequestHead copy = new();
        test.Request.CopyTo(copy);
        Encoding.ASCII.GetString(copy.OriginAuthority).ShouldBe("app.internal:8443");
        test.Request.Clear();
        test.Request.OriginAuthority.Length.ShouldBe(0);
    }

    [Fact]
    public void A_host_that_cannot_be_made_refuses_the_request()
    {
        TestExchange test = new();
        test.Request.SetAuthority(default, default, 0);

        test.RunRequest(Make(new() { Request = new() { Host = "{host}" } })).ShouldBe(Verdict.Answered);

        test.Exchange.Response.Status.ShouldBe(400);
        test.Exchange.ErrorDetail.ShouldNotBeNull();
    }

    [Fact]
    public void Response_operations_change_the_response()
    {
        ResponseFieldsOptions options = new()
        {
            Remove = ["Server", "X-Powered-*"],
            Rename = Map(("X-Old", "X-New")),
            Set = Map(("X-Status", "{status}")),
            Add = Map(("Vary", "Origin")),
        };
        IModule module = Make(new() { Response = options });
        TestExchange test = new TestExchange().Respond(404, "Server: a", "X-Powered-By: b", "Vary: Accept", "X-Old: c");
        test.RunResponse(module);

        test.ResponseFields.ShouldBe("Vary: Accept\r\nX-New: c\r\nX-Status: 404\r\nVary: Origin\r\n");
    }

    [Fact]
    public void A_moment_without_operations_does_not_exist()
    {
        Make(new() { Request = new() { Remove = ["X-A"] } }).ShouldNotBeAssignableTo<IResponseModule>();
        Make(new() { Response = new() { Remove = ["X-A"] } }).ShouldNotBeAssignableTo<IRequestModule>();
    }

    [Fact]
    public void Static_values_allocate_nothing()
    {
        IModule module = Make(new()
        {
            Request = new()
            {
                Remove = ["X-A", "X-B*"],
                Set = Map(("X-Tag", "new"), ("User-Agent", "weir")),
                Add = Map(("X-Client", "{client.ip}")),
            },
            Response = new() { Remove = ["Server"], Set = Map(("X-Frame-Options", "DENY")) },
        });
        IRequestModule request = (IRequestModule)module;
        IResponseModule response = (IResponseModule)module;
        TestExchange test = new();

        Allocation.Of(() =>
        {
            test.Request.Fields.Clear();
            test.Request.Fields.Add("User-Agent"u8, "curl"u8);
            test.Request.Fields.Add("X-A"u8, "b"u8);
            test.Exchange.Response.Fields.Clear();
            test.Exchange.Response.Fields.Add(KnownField.Server, "origin"u8);
            request.OnRequestAsync(test.Exchange).IsCompletedSuccessfully.ShouldBeTrue();
            response.OnResponseAsync(test.Exchange).IsCompletedSuccessfully.ShouldBeTrue();
        }).ShouldBe(0);
        test.RequestFields.ShouldBe("X-Tag: new\r\nUser-Agent: weir\r\nX-Client: 192.0.2.9\r\n");
    }

    internal static Dictionary<string, string> Map(params (string Name, string Value)[] pairs) =>
        pairs.ToDictionary(pair => pair.Name, pair => pair.Value);

    private static IModule Make(HeadersOptions options) => new TestBuilder().Make(new HeadersFactory(), options);

    private static TestExchange Request(RequestFieldsOptions options, params string[] fields)
    {
        TestExchange test = new("GET /", fields);
        test.RunRequest(Make(new() { Request = options })).ShouldBe(Verdict.Continue);
        return test;
    }
}
