namespace Weir.Telemetry.Counting;

/// <summary>The label values of each family: position in the list is the index that is counted with.</summary>
public sealed class FamilyLabels
{
    private readonly string[][] _labels = new string[(int)CounterFamily.Count][];

    /// <summary>No family has entries.</summary>
    public FamilyLabels() => Array.Fill(_labels, []);

    /// <summary>Gives a family its entries; returns itself.</summary>
    public FamilyLabels With(CounterFamily family, IEnumerable<string> labels)
    {
        _labels[(int)family] = [.. labels];
        return this;
    }

    /// <summary>The label values of a family.</summary>
    public IReadOnlyList<string> Of(CounterFamily family) => _labels[(int)family];

    internal int Size(CounterFamily family) => _labels[(int)family].Length;
}
