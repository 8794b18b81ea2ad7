// Hot: asked for each request that no range decides about.
using System.Collections.Frozen;
using Weir.Abstractions.Exchanges;
using Weir.Expressions;

namespace Weir.Modules.Access;

/// <summary>What an access asks beside ranges of addresses. Immutable but for the databases, which are swapped.</summary>
internal sealed class AccessTraits
{
    private readonly WatchedGeo? _countries;
    private readonly WatchedGeo? _systems;
    private readonly FrozenSet<ushort> _allowCountries;
    private readonly FrozenSet<ushort> _denyCountries;
    private readonly FrozenSet<long> _allowAsns;
    private readonly FrozenSet<long> _denyAsns;
    private readonly FrozenSet<string> _allowJa4;
    private readonly FrozenSet<string> _denyJa4;

    public AccessTraits(AccessOptions options, WatchedGeo? countries, WatchedGeo? systems, Condition? allowWhen, Condition? denyWhen)
    {
        _countries = countries;
        _systems = systems;
        AllowWhen = allowWhen;
        DenyWhen = denyWhen;
        _allowCountries = options.AllowCountries.Select(GeoPlace.Code).ToFrozenSet();
        _denyCountries = options.DenyCountries.Select(GeoPlace.Code).ToFrozenSet();
        _allowAsns = options.AllowAsns.ToFrozenSet();
        _denyAsns = options.DenyAsns.ToFrozenSet();
        _allowJa4 = options.AllowJa4.ToFrozenSet(StringComparer.Ordinal);
        _denyJa4 = options.DenyJa4.ToFrozenSet(StringComparer.Ordinal);
        AsksTls = _allowJa4.Count + _denyJa4.Count > 0;
    }

    /// <summary>Requests of which it is true are let in.</summary>
    public Condition? AllowWhen { get; }

    /// <summary>Requests of which it is true are refused before everything else.</summary>
    public Condition? DenyWhen { get; }

    /// <summary>Whether the client's handshake must be known.</summary>
    public bool AsksTls { get; }

    /// <summary>True: a list refuses; false: a list lets in; null: none names the client. The trait that decided is told.</summary>
    public bool? Judge(IpAddress address, string? ja4, out string trait)
    {
        GeoPlace place = _countries?.Find(address) ?? default;
        long asn = _systems?.Find(address).Asn ?? 0;
        if (ja4 is not null && _denyJa4.Contains(ja4))
        {
            trait = "deny_ja4";
            return true;
        }

        if (_denyAsns.Count > 0 && _denyAsns.Contains(asn))
        {
            trait = "deny_asns";
            return true;
        }

        if (_denyCountries.Count > 0 && _denyCountries.Contains(place.Country))
        {
            trait = "deny_countries";
            return true;
        }

        trait = ja4 is not null && _allowJa4.Contains(ja4) ? "allow_ja4"
            : _allowAsns.Count > 0 && _allowAsns.Contains(asn) ? "allow_asns"
            : _allowCountries.Count > 0 && _allowCountries.Contains(place.Country) ? "allow_countries"
            : "";
        return trait.Length > 0 ? false : null;
    }
}
