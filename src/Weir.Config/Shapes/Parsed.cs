namespace Weir.Config.Shapes;

/// <summary>What reading a scalar gave: a value, or what is wrong with it.</summary>
/// <param name="Value">The value, or null after a mistake.</param>
/// <param name="Cause">What is wrong, to stand behind the quoted text: "has no unit".</param>
/// <param name="Remedy">What to do, as a sentence.</param>
internal readonly record struct Parsed(object? Value, string Cause, string Remedy)
{
    internal static Parsed Of(object value) => new(value, "", "");

    internal static Parsed Wrong(string cause, string remedy) => new(null, cause, remedy);
}
