using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Expressions;

namespace Weir.Modules.Access;

/// <summary>Makes `access`.</summary>
public sealed class AccessFactory : ModuleFactory<AccessOptions>
{
    private const string Remedy = "Write one address or range a line, as in 203.0.113.0/24; # begins a comment.";
    private const int Ja4Characters = 36;

    /// <inheritdoc/>
    public override string Name => "access";

    /// <inheritdoc/>
    public override string Summary =>
        "Lets clients in or keeps them out: by address, country, network, TLS fingerprint, or any field of the request.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
        [new(OrderRelation.Above, "respond", "An answer above access goes to everyone.")];

    /// <inheritdoc/>
    protected override IModule? Create(AccessOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        bool asksTraits = HasTraits(options);
        if (!asksTraits && options is { Allow.Count: 0, Deny.Count: 0, AllowFile: null, DenyFile: null, AllowUrl: null, DenyUrl: null })
        {
            check.Warning("", "It names no address, so it lets everyone in.", "Write allow, deny, allow_file or deny_file.");
        }

        AddressUrl[] urls = [.. Urls(check, options)];
        IAddressSource[] sources = [.. Files(check, options), .. urls];
        List<(IAddressSource File, string Text)> mistakes = [];
        WatchedTable table = new(options, sources, check.Log, mistakes);
        foreach ((IAddressSource file, string text) in mistakes)
        {
            check.Error(file.List == AccessList.AllowFile ? "allow_file" : "deny_file", text, Remedy);
        }

        WatchedGeo? countries = Geo(check, "geo_file", options.GeoFile, options.AllowCountries.Count + options.DenyCountries.Count > 0);
        WatchedGeo? systems = Geo(check, "asn_file", options.AsnFile, options.AllowAsns.Count + options.DenyAsns.Count > 0);
        CheckLists(check, options);
        Condition? allowWhen = Compile(check, "allow_when", options.AllowWhen);
        Condition? denyWhen = Compile(check, "deny_when", options.DenyWhen);
        if (check.HasErrors)
        {
            return null;
        }

        if (options.AllowJa4.Count + options.DenyJa4.Count > 0)
        {
            TlsFingerprints.Want();
        }

        IPolled[] polled = [.. sources.Length > 0 ? [table] : Array.Empty<IPolled>(), .. urls, .. new IPolled?[] { countries, systems }.OfType<IPolled>()];
        return new AccessModule(
            table,
            asksTraits ? new AccessTraits(options, countries, systems, allowWhen, denyWhen) : null,
            Array.ConvertAll(polled, one => new FileTimer(one)),
            RefusesOthers(options),
            options.Status);
    }

    private static bool HasTraits(AccessOptions options) =>
        options is not
        {
            AllowWhen: null, DenyWhen: null, AllowCountries.Count: 0, DenyCountries.Count: 0, AllowAsns.Count: 0, DenyAsns.Count: 0, AllowJa4.Count: 0,
            DenyJa4.Count: 0,
        };

    private static bool RefusesOthers(AccessOptions options) =>
        options is not
        {
            Allow.Count: 0, AllowFile: null, AllowUrl: null, AllowWhen: null, AllowCountries.Count: 0, AllowAsns.Count: 0, AllowJa4.Count: 0,
        };

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

    private static IEnumerable<AddressUrl> Urls(CheckedBuilder check, AccessOptions options)
    {
        foreach ((string option, string? url, AccessList list) in new[]
        {
            ("allow_url", options.AllowUrl, AccessList.AllowUrl), ("deny_url", options.DenyUrl, AccessList.DenyUrl),
        })
        {
            if (url is null)
            {
                continue;
            }

            if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("https" or "http")
                || parsed.UserInfo.Length > 0)
            {
                check.Error(option, $"\"{url}\" is no URL of a list.", "Write one that begins with https://, without a login.");
                continue;
            }

            if (parsed.Scheme == "http" && !parsed.IsLoopback)
            {
                check.Warning(option, "Whoever stands between here and that server can change the list.", "Use https://.");
            }

            // Shared, so that a reload that touches the module does not begin with an empty list.
            yield return check.Share(
                $"access {option} {url} {options.Refresh}", () => new AddressUrl(list, url, options.Refresh, ListFetcher.Fetch, check.Log));
        }
    }

    private static WatchedGeo? Geo(CheckedBuilder check, string option, string? file, bool isAsked)
    {
        if (file is null)
        {
            if (isAsked)
            {
                string list = option == "geo_file" ? "Countries" : "Autonomous systems";
                check.Error("", $"{list} are named, and no database says which addresses they have.", $"Name one in {option}.");
            }

            return null;
        }

        if (!isAsked)
        {
            check.Warning(option, "Nothing asks the database.", option == "geo_file" ? "Write allow_countries or deny_countries." : "Write allow_asns or deny_asns.");
        }

        WatchedGeo geo = new(file, check.ResolvePath(file), check.Log, out string mistake);
        if (mistake.Length > 0)
        {
            check.Error(
                option, $"\"{file}\" cannot be used: {mistake}.", "Name a database in MaxMind's format, as in GeoLite2-Country.mmdb.");
        }

        return geo;
    }

    private static void CheckLists(CheckedBuilder check, AccessOptions options)
    {
        foreach ((string option, string country) in Named("allow_countries", options.AllowCountries).Concat(Named("deny_countries", options.DenyCountries)))
        {
            if (GeoPlace.Code(country) == 0)
            {
                check.Error(option, $"\"{country}\" is not a country's code.", "Write the two letters of ISO 3166-1: DE, US.");
            }
        }

        foreach ((string option, string ja4) in Named("allow_ja4", options.AllowJa4).Concat(Named("deny_ja4", options.DenyJa4)))
        {
            if (ja4.Length != Ja4Characters || ja4[10] != '_' || ja4[23] != '_')
            {
                check.Error(option, $"\"{ja4}\" is not a fingerprint.", "Write it as in t13d1516h2_8daaf6152771_e5627efa2ab1; tls.ja4 of expressions shows them.");
            }
        }
    }

    private static IEnumerable<(string Option, string Value)> Named(string option, IReadOnlyList<string> values) =>
        values.Select(value => (option, value));

    private static Condition? Compile(CheckedBuilder check, string option, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (check.Place.StartsWith("listener ", StringComparison.Ordinal))
        {
            check.Error(option, "There is no request yet when a connection is made.", "Move it to a site's or a route's stack.");
            return null;
        }

        if (!ExpressionCompiler.TryCompile(text, ExpressionScope.Request | ExpressionScope.Route, out Condition? condition, out ExpressionError? error))
        {
            check.ErrorAt(option, error.Offset, error.Cause, error.Remedy);
        }

        return condition;
    }
}
