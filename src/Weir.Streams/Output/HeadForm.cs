using Weir.Abstractions.Heads;

namespace Weir.Streams.Output;

/// <summary>How a response's head is written.</summary>
/// <param name="Status">The status.</param>
/// <param name="Length">The length of the content.</param>
/// <param name="KeepsLength">Whether a Content-Length of the head stands as it is.</param>
/// <param name="EndsStream">Whether nothing follows.</param>
public readonly record struct HeadForm(int Status, BodyLength Length, bool KeepsLength, bool EndsStream);
