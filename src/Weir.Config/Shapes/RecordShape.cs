using System.Reflection;
using Weir.Config.Model;

namespace Weir.Config.Shapes;

/// <summary>A record of options.</summary>
internal sealed class RecordShape : ValueShape
{
    internal RecordShape(Type type) => Type = type;

    internal Type Type { get; }

    internal override string Noun =>
        CanBeOff ? "a map or `off`" : Shorthand is { } shorthand ? $"{shorthand.Value.Noun} or a map" : "a map";

    /// <summary>In the order of the record.</summary>
    internal IReadOnlyList<OptionShape> Options { get; set; } = [];

    /// <summary>The option that a bare scalar or list sets, or null.</summary>
    internal OptionShape? Shorthand { get; set; }

    /// <summary>The option that takes all other keys, or null.</summary>
    internal OptionShape? Rest { get; set; }

    internal IReadOnlyList<OptionRuleAttribute> Rules { get; set; } = [];

    /// <summary>The property that says where the record is written, or null.</summary>
    internal PropertyInfo? Position { get; set; }

    internal bool CanBeOff => Type.IsAssignableTo(typeof(ICanBeOff));

    internal bool IsNamed => Type.IsAssignableTo(typeof(INamed));

    /// <summary>A record with its defaults.</summary>
    internal object Create() => Activator.CreateInstance(Type)!;
}
