using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Caching;

/// <summary>
/// A cache's directory and kills: three rounds of the program that runs a hundred (bench/README.md). Three starts take some seconds.
/// </summary>
public sealed class DiskKills
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task Killed_while_it_fills_its_disk_it_serves_nothing_wrong_afterwards()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Bench", "disk_kill.py");
        (int code, string output, string error) = await Programs.RunAsync(
            Python, program, "--weir", $"{Programs.Weir} run -c {{config}}", "--rounds", "3", "--seconds", "0.8", "--objects", "300", "--clients", "3");
        code.ShouldBe(0, output + error);
        output.ShouldContain("3 kills: ");
        output.ShouldContain(" 0 wrong");
    }
}
