using System.Text;
using Weir.Abstractions.Modules;

namespace Weir.Config;

/// <summary>Reads a configuration: text to checked, immutable records, with every error at once.</summary>
public static class ConfigReader
{
    /// <summary>Reads a file and what it includes.</summary>
    /// <param name="file">The file as the user names it.</param>
    /// <param name="catalog">The modules that stacks may name.</param>
    /// <param name="environment">Looks up an environment variable; null where it is not set. Null: the process's own.</param>
    /// <param name="files">The file system; null: the real one.</param>
    public static ConfigResult Read(
        string file, IModuleCatalog catalog, Func<string, string?>? environment = null, IConfigFiles? files = null)
    {
        _ = (file, catalog, environment, files);
        return new ConfigResult(null, []);
    }

    /// <summary>Reads a text that is no file: a test, or what the command line says.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="name">The name in error messages; included files are relative to its folder.</param>
    /// <param name="catalog">The modules that stacks may name.</param>
    /// <param name="environment">Looks up an environment variable; null where it is not set. Null: the process's own.</param>
    /// <param name="files">The file system for `include`; null: the real one.</param>
    public static ConfigResult ReadText(
        string text, string name, IModuleCatalog catalog, Func<string, string?>? environment = null, IConfigFiles? files = null)
    {
        _ = (Encoding.UTF8.GetBytes(text), name, catalog, environment, files);
        return new ConfigResult(null, []);
    }
}
