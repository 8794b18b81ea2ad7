namespace Weir.Config.Model;

/// <summary>A part of the configuration that the word `off` in place of its map turns off.</summary>
public interface ICanBeOff
{
    /// <summary>Whether it was turned off.</summary>
    bool IsOff { get; init; }
}
