using Weir.Abstractions.Modules;

namespace Weir.Modules.Access;

/// <summary>Makes `access`.</summary>
public sealed class AccessFactory : ModuleFactory<AccessOptions>
{
    private const string Remedy = "Write one address or range a line, as in 203.0.113.0/24; # begins a comment.";

    /// <inheritdoc/>
    public override string Name => "access";

    /// <inheritdoc/>
    public override string Summary => "Lets clients in or keeps them out by their address.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
        [new(OrderRelation.Above, "respond", "An answer above access goes to everyone.")];

    /// <inheritdoc/>
    protected override IModule? Create(AccessOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        if (options is { Allow.Count: 0, Deny.Count: 0, AllowFile: null, DenyFile: null })
        {
            check.Warning("", "It names no address, so it lets everyone in.", "Write allow, deny, allow_file or deny_file.");
        }

        AddressFile[] files = [.. Files(check, options)];
        List<(AddressFile File, string Text)> mistakes = [];
        WatchedTable table = new(options, files, check.Log, mistakes);
        foreach ((AddressFile file, string text) in mistakes)
        {
            check.Error(file.List == AccessList.AllowFile ? "allow_file" : "deny_file", text, Remedy);
        }

        if (check.HasErrors)
        {
            return null;
        }

        bool refusesOthers = options.Allow.Count > 0 || options.AllowFile is not null;
        return new AccessModule(table, files.Length > 0 ? new FileTimer(table) : null, refusesOthers, options.Status);
    }

    private static IEnumerable<AddressFile> Files(CheckedBuilder check, AccessOptions options)
    {
        if (options.AllowFile is { } allowed)
        {
            yield return new AddressFile(allowed, check.ResolvePath(allowed), AccessList.AllowFile);
        }

        if (options.DenyFile is { } denied)
        {
            yield return new AddressFile(denied, check.ResolvePath(denied), AccessList.DenyFile);
        }
    }
}
