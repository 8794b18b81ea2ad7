using Weir.Abstractions.Heads;

namespace Weir.Pipeline.AccessLogging;

/// <summary>One piece of a parsed template.</summary>
/// <param name="Source">Where its octets come from.</param>
/// <param name="Key">The key, where the source is one.</param>
/// <param name="Octets">The literal, or the field's name.</param>
/// <param name="Field">The field's known name, or Other.</param>
/// <param name="Bound">The most octets that it may take.</param>
internal sealed record TemplatePiece(TemplateSource Source, AccessKey Key, byte[] Octets, KnownField Field, int Bound);
