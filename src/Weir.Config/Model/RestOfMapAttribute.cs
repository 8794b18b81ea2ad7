namespace Weir.Config.Model;

/// <summary>Marks the property that takes the keys of a map that name no other option.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RestOfMapAttribute : Attribute;
