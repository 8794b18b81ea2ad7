// Hot: asked for each request that is told apart by a claim.
namespace Weir.Abstractions.Exchanges;

/// <summary>What is known of who asks, by a token that was verified: the claims that <see cref="ClaimNames"/> lists. Immutable.</summary>
public sealed class ExchangeClaims
{
    private readonly byte[]?[] _values;

    /// <param name="values">A value for each name, in the order of <see cref="ClaimNames.All"/>; null: there is no such claim.</param>
    public ExchangeClaims(byte[]?[] values) => _values = values;

    /// <summary>Whether they were made before a name was asked for: then they are to be made anew.</summary>
    public bool AreStale => _values.Length < ClaimNames.Count;

    /// <summary>How many there are of those that were asked for.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (byte[]? value in _values)
            {
                count += value is null ? 0 : 1;
            }

            return count;
        }
    }

    /// <summary>Whether there is a claim.</summary>
    public bool Has(int index) => index < _values.Length && _values[index] is not null;

    /// <summary>Its value as UTF-8: of a list its members with commas between; empty without.</summary>
    public ReadOnlySpan<byte> Find(int index) => index < _values.Length ? _values[index] : default;
}
