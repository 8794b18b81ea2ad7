using Weir.Abstractions.Modules;

namespace Weir.Pipeline.Plans;

/// <summary>A module that acts by the clock, at its place.</summary>
/// <param name="Module">The module.</param>
/// <param name="Position">Its place in its stack, from 0.</param>
/// <param name="Site">The site.</param>
/// <param name="Route">The route whose stack it is in; null in a site's stack.</param>
/// <param name="Host">A host of the site.</param>
public sealed record TimedStep(ITimedModule Module, int Position, SitePlan Site, RoutePlan? Route, string Host);
