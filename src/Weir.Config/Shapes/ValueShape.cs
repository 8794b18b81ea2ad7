namespace Weir.Config.Shapes;

/// <summary>
/// What the value of an option looks like. Binder, schema, reference page and the writer of the effective configuration all go by it.
/// </summary>
internal abstract class ValueShape
{
    /// <summary>For messages and the reference page: "a duration".</summary>
    internal abstract string Noun { get; }
}
