using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Pages for the errors that Weir answers itself.</summary>
public sealed record ErrorPagesConfig
{
    [Option("Whether clients that prefer JSON get JSON.")]
    public bool Json { get; init; } = true;

    /// <summary>Files by status, relative to the configuration file.</summary>
    [Option("The page of this status: a file, relative to this configuration file.", Name = "STATUS", Example = "502.html")]
    [RestOfMap]
    [KeySyntax(Syntax.ErrorStatus)]
    public IReadOnlyDictionary<string, PageFile> Pages { get; init; } = OptionMap<PageFile>.Empty;
}
