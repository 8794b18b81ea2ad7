namespace Weir.Config.Model;

/// <summary>A record whose key in its map is its name.</summary>
public interface INamed
{
    /// <summary>The key.</summary>
    string Name { get; init; }
}
