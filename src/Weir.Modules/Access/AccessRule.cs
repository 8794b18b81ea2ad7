namespace Weir.Modules.Access;

/// <summary>What decides about a range, in four octets: a million of them are kept. The default is no rule at all.</summary>
internal readonly record struct AccessRule : IComparable<AccessRule>
{
    private const int NumberBits = 29;

    private readonly uint _code;

    /// <summary>Names a rule.</summary>
    /// <param name="list">The option it comes from.</param>
    /// <param name="number">Its place in the list from 1, or its line in the file.</param>
    public AccessRule(AccessList list, int number) => _code = ((uint)list << NumberBits) | (uint)number;

    /// <summary>The option it comes from.</summary>
    public AccessList List => (AccessList)(_code >> NumberBits);

    /// <summary>Its place in the list from 1, or its line in the file.</summary>
    public int Number => (int)(_code & ((1u << NumberBits) - 1));

    /// <summary>Whether it refuses.</summary>
    public bool IsDeny => List is AccessList.Deny or AccessList.DenyFile or AccessList.DenyUrl;

    /// <inheritdoc/>
    public int CompareTo(AccessRule other) => _code.CompareTo(other._code);
}
