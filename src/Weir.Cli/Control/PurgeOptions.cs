using System.CommandLine;
using Weir.Control;

namespace Weir.Cli.Control;

/// <summary>What a command line wants purged.</summary>
internal sealed class PurgeOptions
{
    private readonly Argument<string[]> _urls = new("URL")
    {
        Description = "A URL, with all its variants. Without http:// or https:// both are meant.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _prefixes = new("--prefix") { Description = "Everything whose URL begins so.", HelpName = "URL" };

    private readonly Option<string[]> _hosts = new("--host") { Description = "Everything of a host.", HelpName = "HOST" };

    private readonly Option<string[]> _tags = new("--tag")
    {
        Description = "Everything with a tag: of Surrogate-Key, Cache-Tag or Cache-Groups.",
        HelpName = "TAG",
    };

    private readonly Option<string?> _where = new("--where")
    {
        Description = "Everything that meets conditions: status, size, age, content-type, host, path, header.NAME.",
        HelpName = "CONDITIONS",
    };

    private readonly Option<bool> _all = new("--all") { Description = "Everything." };

    private readonly Option<bool> _soft = new("--soft") { Description = "Only makes stale: what is stored is validated, and serves while origins fail." };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Purges nothing, and says how much would be touched." };

    private readonly Option<string?> _cache = new("--cache") { Description = "The cache, one of `caches`; else all of them.", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_urls);
        command.Options.Add(_prefixes);
        command.Options.Add(_hosts);
        command.Options.Add(_tags);
        command.Options.Add(_where);
        command.Options.Add(_all);
        command.Options.Add(_soft);
        command.Options.Add(_dryRun);
        command.Options.Add(_cache);
    }

    public bool IsSoft(ParseResult result) => result.GetValue(_soft);

    public PurgeOrder Read(ParseResult result) => new()
    {
        Cache = result.GetValue(_cache),
        Urls = result.GetValue(_urls),
        Prefixes = result.GetValue(_prefixes),
        Hosts = result.GetValue(_hosts),
        Tags = result.GetValue(_tags),
        Where = result.GetValue(_where),
        All = result.GetValue(_all),
        Soft = result.GetValue(_soft),
        DryRun = result.GetValue(_dryRun),
    };
}
