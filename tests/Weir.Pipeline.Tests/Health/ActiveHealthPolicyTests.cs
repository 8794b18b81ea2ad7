using System.Text;
using Weir.Config.Model;
using Weir.Pipeline.Health;

namespace Weir.Pipeline.Tests.Health;

/// <summary>Proves when two policies ask alike (then a reload keeps the prober), and what a good answer is.</summary>
public sealed class ActiveHealthPolicyTests
{
    [Fact]
    public void Policies_from_the_same_text_are_equal()
    {
        Make().Equals(Make()).ShouldBeTrue();
        Make().GetHashCode().ShouldBe(Make().GetHashCode());
    }

    [Fact]
    public void Each_difference_counts()
    {
        ActiveHealthPolicy policy = Make();
        ActiveHealthPolicy[] others =
        [
            policy with { IsGrpc = true },
            policy with { Service = "a.B" },
            policy with { IsTcp = true }, policy with { Method = "HEAD" }, policy with { Path = "/x" }, policy with { Host = "a" },
            policy with { Port = 1 }, policy with { IntervalMs = 1 }, policy with { TimeoutMs = 1 }, policy with { Rise = 9 },
            policy with { Fall = 9 }, policy with { Statuses = [new StatusRange(200, 200)] }, policy with { Body = null },
            policy with { ProxyProtocolVersion = 2 },
        ];
        others.ShouldAllBe(other => !other.Equals(policy));
    }

    [Theory]
    [InlineData("ready", false, "I am ready.", true)]
    [InlineData("ready", false, "I am Ready.", false)]
    [InlineData("a.c", false, "abc", false)]
    [InlineData("^ok$", true, "ok", true)]
    [InlineData("^ok$", true, "not ok", false)]
    [InlineData("grün", false, "alles grün", true)]
    public void A_body_holds_a_text_or_what_an_expression_matches(string text, bool isRegex, string body, bool isMet)
    {
        BodyExpectation expected = new(new ValuePattern(text, isRegex, Position.None));
        expected.IsMet(Encoding.UTF8.GetBytes(body)).ShouldBe(isMet);
    }

    private static ActiveHealthPolicy Make() => new()
    {
        Path = "/healthz",
        Statuses = [new StatusRange(200, 299)],
        Body = new BodyExpectation(new ValuePattern("ready", false, Position.None)),
    };
}
