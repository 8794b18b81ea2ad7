using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;

namespace Weir.Modules.Access;

/// <summary>Options of `access`.</summary>
public sealed record AccessOptions
{
    [Option("Ranges of addresses that are let in; then all others are refused.", Example = "[10.0.0.0/8]")]
    public IReadOnlyList<IpPrefix> Allow { get; init; } = [];

    [Option("Ranges of addresses that are refused.", Example = "[203.0.113.0/24]")]
    public IReadOnlyList<IpPrefix> Deny { get; init; } = [];

    [Option("A file of ranges that are let in; then all others are refused.", Default = "none", Example = "staff.txt")]
    public string? AllowFile { get; init; }

    [Option("A file of ranges that are refused.", Default = "none", Example = "blocklist.txt")]
    public string? DenyFile { get; init; }

    [Option("The URL of a list of ranges that are let in; then all others are refused.", Default = "none", Example = "https://lists.example.com/staff.txt")]
    public string? AllowUrl { get; init; }

    [Option("The URL of a list of ranges that are refused.", Default = "none", Example = "https://lists.example.com/drop.txt")]
    public string? DenyUrl { get; init; }

    [Option("How often URLs are fetched; the last good list stays when that fails.", Min = "1m", Max = "30d")]
    public TimeSpan Refresh { get; init; } = TimeSpan.FromHours(1);

    [Option("An expression: requests of which it is true are let in, unless a range or another list refuses them; then all others are refused.", Default = "none", Example = "'request.headers[\"x-team\"] == \"ops\"'")]
    public string? AllowWhen { get; init; }

    [Option("An expression: requests of which it is true are refused, before everything else.", Default = "none", Example = "'!(request.method in [\"GET\", \"HEAD\"])'")]
    public string? DenyWhen { get; init; }

    [Option("A database of countries in MaxMind's format, watched.", Default = "none", Example = "GeoLite2-Country.mmdb")]
    public string? GeoFile { get; init; }

    [Option("A database of autonomous systems in MaxMind's format, watched.", Default = "none", Example = "GeoLite2-ASN.mmdb")]
    public string? AsnFile { get; init; }

    [Option("Countries that are let in; then all others are refused.", Example = "[DE, AT]")]
    public IReadOnlyList<string> AllowCountries { get; init; } = [];

    [Option("Countries that are refused.", Example = "[XX]")]
    public IReadOnlyList<string> DenyCountries { get; init; } = [];

    [Option("Autonomous systems that are let in; then all others are refused.", Example = "[64500]")]
    public IReadOnlyList<long> AllowAsns { get; init; } = [];

    [Option("Autonomous systems that are refused.", Example = "[64501]")]
    public IReadOnlyList<long> DenyAsns { get; init; } = [];

    [Option("Fingerprints of clients' TLS (JA4) that are let in; then all others are refused.", Example = "[t13d1516h2_8daaf6152771_e5627efa2ab1]")]
    public IReadOnlyList<string> AllowJa4 { get; init; } = [];

    [Option("Fingerprints of clients' TLS (JA4) that are refused.")]
    public IReadOnlyList<string> DenyJa4 { get; init; } = [];

    [Option("The status of a refusal; a connection is closed without one.", Min = "400", Max = "599")]
    public int Status { get; init; } = 403;
}
