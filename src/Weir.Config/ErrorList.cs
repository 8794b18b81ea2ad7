using Weir.Abstractions.Options;
using Weir.Config.Model;

namespace Weir.Config;

/// <summary>Collects what is wrong with a configuration.</summary>
internal sealed class ErrorList
{
    // A hostile or generated file can be wrong in every line; nobody reads more than this.
    private const int Most = 1000;

    private readonly List<ConfigError> _errors = [];

    /// <summary>How many errors, warnings not counted.</summary>
    internal int Count { get; private set; }

    internal void Error(Position position, string cause, string remedy)
    {
        Count++;
        Add(new ConfigError(position.File ?? "", position.Line, position.Column, cause, remedy));
    }

    internal void Warning(Position position, string cause, string remedy) =>
        Add(new ConfigError(position.File ?? "", position.Line, position.Column, cause, remedy, IsWarning: true));

    /// <summary>All of them by file, line and column, each once: an aliased node is read as often as it is named.</summary>
    internal IReadOnlyList<ConfigError> ToSorted() =>
    [
        .. _errors
            .Distinct()
            .OrderBy(error => error.File, StringComparer.Ordinal)
            .ThenBy(error => error.Line)
            .ThenBy(error => error.Column),
    ];

    private void Add(ConfigError error)
    {
        if (_errors.Count < Most)
        {
            _errors.Add(error);
        }
    }
}
