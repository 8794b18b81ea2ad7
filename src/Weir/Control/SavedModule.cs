namespace Weir.Control;

/// <summary>What a module at one place remembers.</summary>
/// <param name="Stack">The stack it stands in.</param>
/// <param name="Module">Its name.</param>
/// <param name="Number">Which of that name in that stack it is, from 1.</param>
/// <param name="Text">What it wrote.</param>
/// <param name="SeenAt">When the place was last part of a configuration.</param>
internal sealed record SavedModule(string Stack, string Module, int Number, string Text, DateTimeOffset SeenAt);
