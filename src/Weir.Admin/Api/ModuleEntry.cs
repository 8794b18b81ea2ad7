namespace Weir.Admin.Api;

/// <summary>A module in a stack.</summary>
/// <param name="Module">Its name.</param>
/// <param name="FromStack">The named stack that brought it there; null where it is written in place.</param>
/// <param name="File">The file it is written in.</param>
/// <param name="Line">The line it is written in.</param>
public sealed record ModuleEntry(string Module, string? FromStack, string? File, int Line);
