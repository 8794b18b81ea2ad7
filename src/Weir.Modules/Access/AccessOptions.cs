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

    [Option("The status of a refusal; a connection is closed without one.", Min = "400", Max = "599")]
    public int Status { get; init; } = 403;
}
