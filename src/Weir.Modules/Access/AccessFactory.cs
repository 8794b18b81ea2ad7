using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Access;

/// <summary>Makes `access`.</summary>
public sealed class AccessFactory : ModuleFactory<AccessOptions>
{
    /// <inheritdoc/>
    public override string Name => "access";

    /// <inheritdoc/>
    public override string Summary => "Lets clients in or keeps them out by their address.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
        [new(OrderRelation.Below, "cors", "Browsers send preflights without credentials and want them answered: access above cors may refuse them.")];

    /// <inheritdoc/>
    protected override IModule? Create(AccessOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        if (options is { Allow.Count: 0, Deny.Count: 0, AllowFile: null, DenyFile: null })
        {
            check.Error("", "It names no address, so it would let everyone in.", "Write allow, deny, allow_file or deny_file.");
            return null;
        }

        List<AddressRule> rules = [.. Rules(options.Allow, isDeny: false), .. Rules(options.Deny, isDeny: true)];
        List<AddressFile> files = [];
        AddFile("allow_file", options.AllowFile, isDeny: false);
        AddFile("deny_file", options.DenyFile, isDeny: true);
        if (check.HasErrors)
        {
            return null;
        }

        WatchedList list = new(rules, files, refusesOthers: options.Allow.Count > 0 || options.AllowFile is not null);
        return new AccessModule(list);

        void AddFile(string option, string? name, bool isDeny)
        {
            if (name is null)
            {
                return;
            }

            AddressFile file = new(check.ResolvePath(name), isDeny);
            List<string> mistakes = [];
            if (file.TryRead(mistakes, out string reason))
            {
                files.Add(file);
            }
            else
            {
                check.Error(option, $"\"{name}\" cannot be read: {reason}", "Check the name (relative to the configuration file) and its permissions.");
            }

            foreach (string mistake in mistakes)
            {
                check.Error(option, mistake, "Write one address or range a line, as in 203.0.113.0/24; # begins a comment.");
            }
        }
    }

    private static IEnumerable<AddressRule> Rules(IReadOnlyList<IpPrefix> ranges, bool isDeny) =>
        ranges.Select(range => new AddressRule(range, isDeny, AddressRule.InConfiguration, 0));
}
