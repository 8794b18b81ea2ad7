using Weir.Abstractions.Modules;

namespace Weir.Modules.Tests.Testing;

/// <summary>Keeps what a module tells the operator.</summary>
internal sealed class HeardLog : ModuleLog
{
    public List<string> Notes { get; } = [];

    public List<string> Warnings { get; } = [];

    public override void Note(string text) => Notes.Add(text);

    public override void Warn(string text) => Warnings.Add(text);
}
