namespace Weir.Config.Shapes;

/// <summary>A map from names that the user chooses.</summary>
internal sealed class MapShape(ScalarShape key, Type valueType, ValueShape value) : ValueShape
{
    internal ScalarShape Key { get; } = key;

    internal Type ValueType { get; } = valueType;

    internal ValueShape Value { get; } = value;

    internal override string Noun => "a map";
}
