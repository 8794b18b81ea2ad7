using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Modules;

namespace Weir.Cli.Tests.Commands;

/// <summary>
/// What a user reads who gives an option a value beyond its bounds, or a word that it does not know, stands in a golden file: of modules in
/// Messages/module-values, a module a line.
/// </summary>
public sealed partial class OptionGoldenTests
{
    private static readonly HashSet<string> _told = ReadTold();

    public static TheoryData<string> Modules => [.. new StandardModules().All.Select(factory => factory.Name)];

    [Theory]
    [MemberData(nameof(Modules))]
    public void Every_bound_of_a_module_is_told_of(string name) =>
        Bounded(new StandardModules().Find(name)!.OptionsType, 0).Distinct().Where(option => !_told.Contains($"{name} {option}"))
            .ShouldBeEmpty("Add a value beyond them to Messages/module-values.yaml.");

    [Fact]
    public void Every_bound_of_what_overload_is_and_of_priorities_is_told_of()
    {
        string told = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Messages", "overload.expected"));
        foreach (string option in Bounded(typeof(OverloadConfig), 0).Append("priority"))
        {
            told.ShouldContain($"error: {option}: ");
        }
    }

    private static IEnumerable<string> Bounded(Type type, int depth)
    {
        foreach (PropertyInfo property in type.GetProperties())
        {
            if (property.GetCustomAttribute<OptionAttribute>() is not { } option)
            {
                continue;
            }

            Type inner = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[^1] : property.PropertyType;
            // Of a map, messages name the user's own key.
            bool isMap = typeof(IEnumerable).IsAssignableFrom(property.PropertyType)
                && property.PropertyType.GetGenericArguments().Length == 2;
            if (!isMap && (option.Min is not null || option.Max is not null || inner.IsEnum))
            {
                yield return option.Name ?? Capital().Replace(property.Name, "_$0").ToLowerInvariant();
            }

            if (inner.Name.EndsWith("Options", StringComparison.Ordinal) && depth < 3)
            {
                foreach (string deeper in Bounded(inner, depth + 1))
                {
                    yield return deeper;
                }
            }
        }
    }

    private static HashSet<string> ReadTold()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Messages", "module-values");
        string[] lines = File.ReadAllLines(file + ".yaml");
        return
        [
            .. File.ReadLines(file + ".expected").Select(line => Told().Match(line)).Where(match => match.Success)
                .Select(match => $"{ModuleOf(lines, match.Groups[1].Value)} {match.Groups[2].Value}"),
        ];
    }

    private static string ModuleOf(string[] lines, string number) =>
        Module().Match(lines[int.Parse(number, CultureInfo.InvariantCulture) - 1]).Groups[1].Value;

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex(@"yaml:(\d+):\d+: error: (\w+): ")]
    private static partial Regex Told();

    [GeneratedRegex(@"stack: \[\{ (\w+):")]
    private static partial Regex Module();
}
