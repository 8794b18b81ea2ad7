namespace Weir.Pipeline.AccessLogging;

/// <summary>One row of <see cref="AccessKeys"/>.</summary>
/// <param name="Key">The key.</param>
/// <param name="Name">The name in JSON lines and templates; "phases.connect" is connect inside of phases. It never changes.</param>
/// <param name="Text">One sentence for operators: meaning, unit, and when it is absent.</param>
public sealed record AccessKeyDefinition(AccessKey Key, string Name, string Text);
