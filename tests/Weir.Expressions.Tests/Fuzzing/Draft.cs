using Weir.Expressions.Tests.Testing;

namespace Weir.Expressions.Tests.Fuzzing;

/// <summary>An expression as text, and what it is worth by the most obvious code: the oracle.</summary>
internal sealed record Draft<T>(string Text, Func<Message, T> Value);
