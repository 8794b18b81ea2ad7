namespace Weir.Telemetry.Events;

/// <summary>
/// One kind of event that an operator acts on, or wants to know. The instances are the table in <see cref="OperatorEvents"/>.
/// </summary>
public sealed class OperatorEvent
{
    internal OperatorEvent(int index, int id, EventLevel level, string name, string template, string remedy)
    {
        Index = index;
        Id = id;
        Level = level;
        Name = name;
        Template = template;
        Remedy = remedy;
        Parts = EventTemplate.Split(template);
    }

    /// <summary>Its place in the table.</summary>
    public int Index { get; }

    /// <summary>A number that never changes and is never used again.</summary>
    public int Id { get; }

    /// <summary>How much it matters.</summary>
    public EventLevel Level { get; }

    /// <summary>The name in logs: snake_case, stable.</summary>
    public string Name { get; }

    /// <summary>The message; {names} stand for values, in the order in which they are given.</summary>
    public string Template { get; }

    /// <summary>What the operator should do; empty when there is nothing to do.</summary>
    public string Remedy { get; }

    /// <summary>The names of the values, in order.</summary>
    public IReadOnlyList<string> ValueNames => Parts.Names;

    /// <summary>Whether each one counts: such an event is never held back for happening often.</summary>
    public bool IsAudit { get; internal init; }

    internal EventTemplate Parts { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
