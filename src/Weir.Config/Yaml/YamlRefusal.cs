using Weir.Config.Model;

namespace Weir.Config.Yaml;

/// <summary>
/// Ends the reading of one file: nothing behind the place can be understood. Thrown and caught within <see cref="YamlReader"/>, whose
/// recursion it unwinds.
/// </summary>
internal sealed class YamlRefusal(Position position, string cause, string remedy) : Exception(cause)
{
    internal Position Position { get; } = position;

    internal string Remedy { get; } = remedy;
}
