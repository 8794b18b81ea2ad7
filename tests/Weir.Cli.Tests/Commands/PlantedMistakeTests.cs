using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Hosting;
using Weir.Modules;

namespace Weir.Cli.Tests.Commands;

/// <summary>
/// Each Planted/NAME.yaml holds one mistake that only a look at the whole finds, each Messages/NAME.yaml all mistakes of a kind that one
/// line shows; what `weir check` says of it stands beside it in NAME.expected. WEIR_GOLDEN=FOLDER writes them anew, into its Planted and
/// Messages.
/// </summary>
public sealed class PlantedMistakeTests
{
    public static TheoryData<string> Files =>
    [
        .. new[] { "Planted", "Messages" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, folder), "*.yaml"))
            .Select(file => Path.GetRelativePath(AppContext.BaseDirectory, file)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_planted_mistake_is_found(string name)
    {
        string file = Path.Combine(AppContext.BaseDirectory, name);
        StandardModules modules = new();
        ConfigResult read = ConfigReader.Read(file, modules, variable => variable == "WEIR_LONG" ? new string('x', 4 << 20) : null);
        List<ConfigError> errors = [.. read.Errors];
        if (read.Config is not null)
        {
            errors.AddRange(PlanCheck.Run(read.Config, modules));
        }

        string folder = Path.GetDirectoryName(file)! + "/";
        string[] actual = [.. errors.Select(error => error.ToString().Replace(folder, "", StringComparison.Ordinal))];
        string expected = Path.ChangeExtension(file, ".expected");
        if (Environment.GetEnvironmentVariable("WEIR_GOLDEN") is { Length: > 0 } target)
        {
            File.WriteAllLines(Path.Combine(target, Path.ChangeExtension(name, ".expected")), actual);
        }
        else
        {
            actual.ShouldBe(File.ReadAllLines(expected));
        }

        actual.ShouldNotBeEmpty();
    }
}
