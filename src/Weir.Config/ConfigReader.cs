using Weir.Abstractions.Modules;
using Weir.Config.Binding;
using Weir.Config.Checking;
using Weir.Config.Model;
using Weir.Config.Shapes;
using Weir.Config.Yaml;

namespace Weir.Config;

/// <summary>Reads a configuration: text to checked, immutable records, with every error at once. No input makes it throw.</summary>
public static class ConfigReader
{
    /// <summary>Reads a file and what it includes.</summary>
    /// <param name="file">The file as the user names it.</param>
    /// <param name="catalog">The modules that stacks may name.</param>
    /// <param name="environment">Looks up an environment variable; null where it is not set. Null: the process's own.</param>
    /// <param name="files">The file system; null: the real one.</param>
    public static ConfigResult Read(
        string file, IModuleCatalog catalog, Func<string, string?>? environment = null, IConfigFiles? files = null) =>
        Read(file, null, catalog, environment, files);

    /// <summary>Reads a text that is no file: a test, or what the command line says.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="name">The name in error messages; included files are relative to its folder.</param>
    /// <param name="catalog">The modules that stacks may name.</param>
    /// <param name="environment">Looks up an environment variable; null where it is not set. Null: the process's own.</param>
    /// <param name="files">The file system for `include`; null: the real one.</param>
    public static ConfigResult ReadText(
        string text, string name, IModuleCatalog catalog, Func<string, string?>? environment = null, IConfigFiles? files = null) =>
        Read(name, text, catalog, environment, files);

    private static ConfigResult Read(
        string file, string? text, IModuleCatalog catalog, Func<string, string?>? environment, IConfigFiles? files)
    {
        // 1 text to nodes  2 nodes to records  3 what this build lacks  4 names, stacks, defaults
        ErrorList errors = new();
        YamlLimits limits = new();
        Variables variables = new(environment ?? Environment.GetEnvironmentVariable, errors, limits);
        FileTree tree = new(files ?? DiskFiles.Instance, errors, limits, variables);
        MapNode? root = text is null ? tree.ReadFile(file) : tree.ReadText(file, text);
        if (root is null)
        {
            return new ConfigResult(null, errors.ToSorted());
        }

        Binder binder = new(errors);
        WeirConfig config = (WeirConfig)binder.BindRecord(ValueShapes.OfRecord(typeof(WeirConfig)), root, "");
        Unsupported.Check(root, errors);
        config = Checker.Check(config, binder, catalog, errors);
        return new ConfigResult(errors.Count == 0 ? config : null, errors.ToSorted());
    }
}
