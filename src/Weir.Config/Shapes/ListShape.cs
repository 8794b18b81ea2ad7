namespace Weir.Config.Shapes;

/// <summary>A list; one entry may stand without the brackets.</summary>
internal sealed class ListShape(Type itemType, ValueShape item) : ValueShape
{
    internal Type ItemType { get; } = itemType;

    internal ValueShape Item { get; } = item;

    internal override string Noun => "a list";
}
