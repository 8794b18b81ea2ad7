using Weir.Abstractions.Modules;

namespace Weir.Modules;

/// <summary>Where modules that ask who somebody is want to stand: all alike.</summary>
internal static class AuthOrder
{
    /// <summary>The hints of a module.</summary>
    public static IReadOnlyList<OrderHint> Of(string module) =>
    [
        new(OrderRelation.Above, "cache", $"What a cache above {module} has stored is served to everyone.") { IsDangerous = true },
        new(OrderRelation.Above, "mirror", $"A mirror above {module} also copies requests that {module} refuses.") { IsDangerous = true },
        new(OrderRelation.Below, "cors", $"A browser asks cors before it shows anything, so {module} above it refuses the question."),
        new(OrderRelation.Below, "rate_limit", $"A rate limit below {module} does not slow down who tries out what {module} asks for."),
    ];
}
