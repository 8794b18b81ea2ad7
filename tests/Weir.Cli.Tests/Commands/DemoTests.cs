using System.Text.RegularExpressions;

namespace Weir.Cli.Tests.Commands;

public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_shows_balancing_a_dead_origin_an_error_page_and_ends_with_zero()
    {
        (int code, string output, string errors) = await WeirProgram.RunAsync("demo", "--seconds", "2");

        code.ShouldBe(0, errors);
        errors.ShouldBeEmpty();
        output.ShouldMatch(@"curl -i http://127\.0\.0\.1:\d+/ ");
        output.ShouldContain("GET /broken answers 502, Proxy-Status: weir;error=connection_refused");
        output.ShouldContain("app: round_robin picks one of red, green, blue");
        output.ShouldContain("green is killed");
        output.ShouldContain("green is back");
        output.ShouldEndWith("nothing is left behind.\n");
        MatchCollection seconds = SecondLine().Matches(output);
        seconds.Count.ShouldBe(2, output);
        seconds.Sum(second => int.Parse(second.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).ShouldBeGreaterThan(0, output);
        seconds[^1].Value.ShouldEndWith("failed 0", customMessage: output);
    }

    [Fact]
    public async Task A_signal_ends_the_demo_with_zero()
    {
        await using WeirProgram demo = WeirProgram.Start("demo");
        await demo.SeeAsync("A little traffic");
        demo.Signal(2);

        (await demo.ExitAsync()).ShouldBe(0);
        demo.Output.ShouldEndWith("nothing is left behind.\n");
    }

    [GeneratedRegex(@"(?m)^ +\d+ s   red +(\d+)   green .*   blue +\d+   failed \d+$")]
    private static partial Regex SecondLine();
}
