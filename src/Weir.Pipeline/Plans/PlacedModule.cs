using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;

namespace Weir.Pipeline.Plans;

/// <summary>A module at its place in the configuration, with what must be known to carry it over.</summary>
/// <param name="Place">The stack it stands in, its name and its options as text.</param>
/// <param name="Identity">What tells the stack from others, whatever their order.</param>
/// <param name="Module">The module.</param>
/// <param name="Slots">The places it reserved in exchanges.</param>
/// <param name="Files">The files that it was made from.</param>
/// <param name="Upstreams">The upstreams it fetches from.</param>
/// <param name="Stores">The cache stores it uses, as they were configured.</param>
/// <param name="Shared">What it has in common with others, by keys.</param>
/// <param name="Warnings">What its factory said.</param>
internal sealed record PlacedModule(
    string Place,
    string Identity,
    IModule Module,
    IReadOnlyList<int> Slots,
    IReadOnlyList<FileStamp> Files,
    IReadOnlyList<string> Upstreams,
    IReadOnlyList<CacheSettings> Stores,
    IReadOnlyList<KeyValuePair<string, object>> Shared,
    IReadOnlyList<ConfigError> Warnings);
