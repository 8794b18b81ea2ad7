using System.Globalization;
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Cache.Collapsing;
using Weir.Cache.Disk;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;

namespace Weir.Modules.Cache;

/// <summary>Makes `cache`.</summary>
public sealed class CacheFactory : ModuleFactory<CacheOptions>
{
    // A loop more costs four octets a segment. On those beyond, requests pass by.
    private const int MostLoops = 64;

    /// <inheritdoc/>
    public override string Name => "cache";

    /// <inheritdoc/>
    public override string Summary => "Stores responses and serves them again, as RFC 9111 has it for shared caches.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
    [
        new(OrderRelation.Below, "access", "What a cache above access has stored is served to clients that access refuses.") { IsDangerous = true },
        new(OrderRelation.Below, "cors", "A cache above cors stores a variant for each origin that asks."),
    ];

    /// <inheritdoc/>
    protected override IModule? Create(CacheOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        CacheSettings? settings = check.FindCache("store", options.Store);
        CheckNames(check, "key_headers", options.KeyHeaders);
        CheckNames(check, "key_cookies", options.KeyCookies);
        CheckNames(check, "targeted", options.Targeted);
        foreach (string status in options.Negative.Keys.Where(status => !IsStatus(status)))
        {
            check.Error(
                "negative", $"\"{status}\" is no status of a final response.", "Write a number from 200 to 599, but none of 206 and 304.");
        }

        if (options.IgnoreQuery.Count > 0 && options.KeepQuery.Count > 0)
        {
            check.Error("keep_query", "ignore_query and keep_query say two things.", "Write the shorter of the two lists.");
        }

        if (check.HasErrors || settings is null)
        {
            return null;
        }

        string key = $"cache {settings.Name} {settings.MemoryOctets} {settings.ObjectOctets} {settings.DiskPath} {settings.DiskOctets}";
        CacheDisk? disk = settings.DiskPath is { } path
            ? check.Share($"cache disk {path}", () => new CacheDisk(settings.Name, path, new DiskMessages(settings.Name, check.Log)))
            : null;
        SharedCache cache = check.Share(key, () => new SharedCache(settings, Math.Max(Environment.ProcessorCount, MostLoops), disk));
        KeyRules rules = Rules(options);
        cache.Use(rules);
        return new CacheModule(cache, Policy(options), rules, new CacheLimits(options, settings), check, options.Scope == CacheScope.Own);
    }

    private static void CheckNames(CheckedBuilder check, string option, IReadOnlyList<string> names)
    {
        foreach (string name in names.Where(name => !FieldSyntax.IsToken(Encoding.UTF8.GetBytes(name))))
        {
            check.Error(option, $"\"{name}\" is no name.", "Write names of letters, digits and hyphens.");
        }
    }

    private static bool IsStatus(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            && status is >= 200 and <= 599 and not (206 or 304);

    private static CachePolicy Policy(CacheOptions options) => new()
    {
        Targeted = new TargetedFields(options.Targeted),
        ObeysRequests = options.ObeyClients,
        SetCookie = options.SetCookie switch
        {
            CookieStorage.Refuse => SetCookieRule.Refuse,
            CookieStorage.Strip => SetCookieRule.Strip,
            CookieStorage.Store => SetCookieRule.Store,
            _ => SetCookieRule.Explicit,
        },
        MostHeuristicSeconds = (long)options.Guess.TotalSeconds,
        StatusSeconds = options.Negative.ToDictionary(
            pair => int.Parse(pair.Key, CultureInfo.InvariantCulture), pair => (long)pair.Value.TotalSeconds),
        GraceSeconds = (long)options.Grace.TotalSeconds,
        KeepSeconds = (long)options.Keep.TotalSeconds,
    };

    private static KeyRules Rules(CacheOptions options) => new()
    {
        Query = options.IgnoreQuery.Count > 0 ? QueryRule.Ignore : options.KeepQuery.Count > 0 ? QueryRule.Keep : QueryRule.All,
        Parameters = new NamePatterns(options.IgnoreQuery.Count > 0 ? options.IgnoreQuery : options.KeepQuery),
        SortsQuery = options.SortQuery,
        Headers = [.. options.KeyHeaders.Select(name => Encoding.ASCII.GetBytes(name.ToLowerInvariant()))],
        Cookies = [.. options.KeyCookies.Select(Encoding.ASCII.GetBytes)],
    };
}
