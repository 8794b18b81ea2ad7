namespace Weir.Cli.Leaktest;

/// <summary>Something that a site told of what is behind it.</summary>
/// <param name="What">What kind of thing.</param>
/// <param name="Where">Where in the answer it stood.</param>
/// <param name="Seen">The words, cut where they are long.</param>
/// <param name="Probe">The first request that brought it out.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record Finding(string What, string Where, string Seen, string Probe, string Remedy);
