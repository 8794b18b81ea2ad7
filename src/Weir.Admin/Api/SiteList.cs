namespace Weir.Admin.Api;

/// <summary>The sites.</summary>
/// <param name="Sites">All of them, in the order of the file.</param>
public sealed record SiteList(IReadOnlyList<SiteEntry> Sites);
