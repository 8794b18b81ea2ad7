namespace Weir.Upstream.Resolving;

/// <summary>What is asked.</summary>
/// <param name="Name">Lower case, without the dot at the end, as <see cref="DnsName.TryNormalize"/> makes it.</param>
/// <param name="Type">The record type.</param>
internal readonly record struct DnsQuestion(string Name, DnsType Type);
