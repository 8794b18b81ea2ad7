using System.Collections.ObjectModel;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;

namespace Weir.Modules.Cache;

/// <summary>Options of `cache`.</summary>
public sealed record CacheOptions
{
    [Option("The store, one of `caches`.", IsShorthand = true)]
    public string Store { get; init; } = "default";

    [Option("Whose responses these are: this stack's alone, or those of all caches with this store and this word.")]
    public CacheScope Scope { get; init; } = CacheScope.Own;

    [Option("Parameters of the query that make no difference; a name may end in *.", Default = "none", Example = "[utm_*, fbclid]")]
    public IReadOnlyList<string> IgnoreQuery { get; init; } = [];

    [Option("The only parameters of the query that make a difference.", Default = "all", Example = "[page, lang]")]
    public IReadOnlyList<string> KeepQuery { get; init; } = [];

    [Option("Whether the order of parameters makes no difference.")]
    public bool SortQuery { get; init; }

    [Option("Request fields whose values make a difference, beside those that responses name in Vary.", Default = "none", Example = "[X-Country]")]
    public IReadOnlyList<string> KeyHeaders { get; init; } = [];

    [Option("Cookies whose values make a difference.", Default = "none", Example = "[currency]")]
    public IReadOnlyList<string> KeyCookies { get; init; } = [];

    [Option("The targeted fields that are obeyed before Cache-Control, the strongest first; [] obeys none.")]
    public IReadOnlyList<string> Targeted { get; init; } = ["Weir-Cache-Control", "CDN-Cache-Control"];

    [Option("Whether what clients ask of caches counts: no-cache, max-age and others.")]
    public bool ObeyClients { get; init; } = true;

    [Option("What becomes of responses that set cookies.")]
    public CookieStorage SetCookie { get; init; } = CookieStorage.Explicit;

    [Option("How long past its time a response may be served while its origin fails, unless it forbids that.", Max = "30d")]
    public TimeSpan Grace { get; init; } = TimeSpan.Zero;

    [Option("How long past its time a response is kept to be validated.", Max = "30d")]
    public TimeSpan Keep { get; init; } = TimeSpan.FromHours(1);

    [Option("The longest lifetime that is guessed from Last-Modified where an origin says nothing; 0s guesses none.", Max = "30d")]
    public TimeSpan Guess { get; init; } = TimeSpan.FromDays(1);

    [Option(
        "Times for statuses whose responses say nothing about theirs.", Default = "none", Example = "{ 404: 10s, 503: 2s }", Max = "1d")]
    public IReadOnlyDictionary<string, TimeSpan> Negative { get; init; } = ReadOnlyDictionary<string, TimeSpan>.Empty;

    [Option(
        "Responses and slices of this size and more are stored when they are asked for a second time; 0B: all are.", Default = "off: stored at once", Example = "1MiB")]
    public ByteSize? SecondUse { get; init; }

    [Option("The size of the pieces in which ranges of what is not stored are fetched and stored; 0B: they pass by.", Max = "8MiB")]
    public ByteSize Slice { get; init; } = ByteSize.MiB(1);

    [Option(
        "Addresses whose requests with the method PURGE are obeyed; those of others get 403. None: such a request goes on to the origin.",
        Default = "none", Example = "[10.0.0.0/8]")]
    public IReadOnlyList<IpPrefix> PurgeFrom { get; init; } = [];

    [Option("How long a request waits for another one's response before it asks itself.", Min = "10ms", Max = "10m")]
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(10);
}
