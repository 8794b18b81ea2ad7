using Weir.Config.Model;

namespace Weir.Config.Yaml;

/// <summary>A key and its value.</summary>
internal sealed record MapEntry(string Key, Position Position, Node Value);
