using System.Text.Json;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Shield;

/// <summary>`weir leaktest` against an origin that tells all it can, without `cloak` and with it.</summary>
public sealed class LeakTests
{
    private const string Trace = "Traceback (most recent call last):\\n  File \"/var/www/shop/app.py\", line 3\n";

    [Fact]
    public async Task Every_planted_leak_is_found_without_cloak_and_none_with_it()
    {
        await using RawOrigin origin = new(TellAsync);
        await using (RunningWeir open = await StartAsync(origin, ""))
        {
            (int code, List<string> found) = await TestAsync(open);
            code.ShouldBe(1);
            found.ShouldBe(
            [
                "a path of the server's disk content /var/www/shop/app.py",
                "a private address Content-Location 192.168.7.7",
                "a private address Link 172.20.0.9",
                "a private address Location 10.1.2.3",
                "a private address Refresh 10.1.2.4",
                "a private address content 10.9.8.7",
                "a product or server Server Apache/2.4.1 (Unix)",
                "a product or server Via 1.1 squid/6.1",
                "a product or server X-Backend-Server app7",
                "a product or server X-Powered-By PHP/8.1",
                "a product's own page content <center>nginx/1.18.0",
                "a stack trace content Traceback (most recent call last)",
                "an internal name Set-Cookie shop.internal",
                "an internal name X-Note db.shop.internal",
                "an internal name content db.shop.internal",
                "an internal name content secretname",
            ],
            ignoreOrder: true);
        }

        await using RunningWeir cloaked = await StartAsync(
            origin, "{ cloak: { internal: [\"*.shop.internal\", shop.internal, secretname], bodies: true, error_pages: all_errors } }");
        (int left, List<string> none) = await TestAsync(cloaked);
        none.ShouldBeEmpty();
        left.ShouldBe(0);
    }

    private static Task<RunningWeir> StartAsync(RawOrigin origin, string module) => RunningWeir.StartAsync($$"""
        listen: ["127.0.0.1:0"]
        sites: { "*": { stack: [{{module}}], to: "{{origin.Url}}" } }
        """);

    private static async Task<(int Code, List<string> Found)> TestAsync(RunningWeir weir)
    {
        (int code, string output, string error) = await Programs.RunAsync(
            Programs.Weir, "leaktest", $"{weir.Url}/shop/", "--name", "secretname", "--json");
        error.ShouldBeEmpty();
        using JsonDocument json = JsonDocument.Parse(output);
        return (code, [.. json.RootElement.GetProperty("findings").EnumerateArray()
            .Select(finding => string.Join(' ', new[] { "what", "where", "seen" }.Select(name => finding.GetProperty(name).GetString())))
            .Distinct()]);
    }

    private static async Task TellAsync(Wire wire)
    {
        string head = await wire.ReadResponseAsync();
        (string status, string body) = head.StartsWith("POST", StringComparison.Ordinal) ? ("500 Oh", Trace)
            : head.Contains("weir-leaktest-", StringComparison.Ordinal) ? ("404 Not Found", "<hr><center>nginx/1.18.0</center>\n")
            : ("200 OK", "db.shop.internal answers at 10.9.8.7, as http://secretname/ does\n");
        await wire.SendAsync(
            $"HTTP/1.1 {status}\r\nServer: Apache/2.4.1 (Unix)\r\nX-Powered-By: PHP/8.1\r\nX-Backend-Server: app7\r\nVia: 1.1 squid/6.1\r\n"
            + "Location: http://10.1.2.3/x\r\nContent-Location: http://192.168.7.7:8080/\r\nRefresh: 5; url=http://10.1.2.4/\r\n"
            + "Link: <http://172.20.0.9/next>; rel=next\r\nSet-Cookie: a=1; Domain=shop.internal\r\nX-Note: from db.shop.internal\r\n"
            + $"Content-Type: text/html\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
    }
}
