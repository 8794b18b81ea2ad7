using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Hosting;
using Weir.Modules;

namespace Weir.Cli.Tests.Commands;

/// <summary>
/// Each Planted/NAME.yaml holds one mistake that only a look at the whole finds; what `weir check` says of it stands beside it in
/// NAME.expected. WEIR_GOLDEN=FOLDER writes them anew.
/// </summary>
public sealed class PlantedMistakeTests
{
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "Planted");

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(_folder, "*.yaml").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_planted_mistake_is_found(string name)
    {
        string file = Path.Combine(_folder, name);
        StandardModules modules = new();
        ConfigResult read = ConfigReader.ReadText(File.ReadAllText(file), name, modules);
        List<ConfigError> errors = [.. read.Errors];
        if (read.Config is not null)
        {
            errors.AddRange(PlanCheck.Run(read.Config, modules));
        }

        string[] actual = [.. errors.Select(error => error.ToString())];
        string expected = Path.ChangeExtension(file, ".expected");
        if (Environment.GetEnvironmentVariable("WEIR_GOLDEN") is { Length: > 0 } folder)
        {
            File.WriteAllLines(Path.Combine(folder, Path.GetFileName(expected)), actual);
        }
        else
        {
            actual.ShouldBe(File.ReadAllLines(expected));
        }

        actual.ShouldNotBeEmpty();
    }
}
