using System.Reflection;
using Weir.Abstractions.Options;

namespace Weir.Config.Shapes;

/// <summary>One option of a record.</summary>
internal sealed class OptionShape(string name, PropertyInfo property, OptionAttribute attribute, ValueShape value, object? initial)
{
    /// <summary>As written in YAML.</summary>
    internal string Name { get; } = name;

    internal PropertyInfo Property { get; } = property;

    internal OptionAttribute Attribute { get; } = attribute;

    internal ValueShape Value { get; } = value;

    /// <summary>What it is when nobody writes it; may be null.</summary>
    internal object? Initial { get; } = initial;

    /// <summary>Whether a key that no option bears may be one of this option's map.</summary>
    internal bool AcceptsKey(string key) => Value is MapShape map && map.Key.Parse(key, Model.Position.None).Value is not null;

    /// <summary>Whether the word may stand for writing nothing: "loops: auto".</summary>
    internal bool IsWordForDefault(string word) => Initial is null && Attribute.Default == word && word is "auto" or "off" or "any";
}
