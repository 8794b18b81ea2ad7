using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests;

public sealed class PrivateAnswerTests
{
    /// <summary>What an origin says, and what is left of it; then also where its word on sharing does not count.</summary>
    public static TheoryData<string, string, string> Said => new()
    {
        { "", "Cache-Control: private", "Cache-Control: private" },
        { "Cache-Control: max-age=60", "Cache-Control: max-age=60|Cache-Control: private", "Cache-Control: max-age=60|Cache-Control: private" },
        { "Cache-Control: PUBLIC", "Cache-Control: PUBLIC", "Cache-Control: PUBLIC|Cache-Control: private" },
        { "Cache-Control: s-maxage=9", "Cache-Control: s-maxage=9", "Cache-Control: s-maxage=9|Cache-Control: private" },
        { "Cache-Control: private", "Cache-Control: private", "Cache-Control: private" },
        { "Cache-Control: private=\"\"", "Cache-Control: private=\"\"", "Cache-Control: private=\"\"" },
        {
            "Cache-Control: public|Cache-Control: no-store",
            "Cache-Control: public|Cache-Control: no-store",
            "Cache-Control: public|Cache-Control: no-store"
        },
        {
            "Cache-Control: private=\"X-A, public\"",
            "Cache-Control: private=\"X-A, public\"|Cache-Control: private",
            "Cache-Control: private=\"X-A, public\"|Cache-Control: private"
        },
        {
            "Cache-Control: x=\", public,\"",
            "Cache-Control: x=\", public,\"|Cache-Control: private",
            "Cache-Control: x=\", public,\"|Cache-Control: private"
        },
        { "CDN-Cache-Control: max-age=60|X: y", "X: y|Cache-Control: private", "X: y|Cache-Control: private" },
        { "weir-cache-control: public|Surrogate-Control: max-age=1", "weir-cache-control: public|Cache-Control: private", "Cache-Control: private" },
        {
            "Cdn-Cache-Control: private|Cache-Control: public",
            "Cdn-Cache-Control: private|Cache-Control: public",
            "Cache-Control: public|Cache-Control: private"
        },
    };

    [Theory]
    [MemberData(nameof(Said))]
    public void An_answer_is_private_unless_its_origin_means_it_for_all(string said, string left, string leftAlways)
    {
        Marked(said, evenIfShared: false).ShouldBe(left);
        Marked(said, evenIfShared: true).ShouldBe(leftAlways);
    }

    private static string Marked(string said, bool evenIfShared)
    {
        TestExchange exchange = new();
        exchange.Respond(200, said.Split('|', StringSplitOptions.RemoveEmptyEntries));
        PrivateAnswer.Mark(exchange.Exchange.Response.Fields, evenIfShared);
        return exchange.ResponseFields.TrimEnd().Replace("\r\n", "|", StringComparison.Ordinal);
    }
}
