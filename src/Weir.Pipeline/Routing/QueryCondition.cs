// Hot: asked for each candidate route that names query parameters.
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Routing;

/// <summary>
/// A query parameter that must be there, with a value as <see cref="HeaderCondition"/> has them. Names and values are compared decoded,
/// %XX and + as HTML forms write them. Of several parameters with the name one is enough; one without "=" has an empty value.
/// </summary>
public sealed class QueryCondition : IRouteCondition
{
    private const int StackOctets = 256;

    private static readonly SearchValues<byte> _encoded = SearchValues.Create("%+"u8);

    private readonly byte[] _name;
    private readonly ValueTest _value;

    private QueryCondition(byte[] name, ValueTest value)
    {
        _name = name;
        _value = value;
    }

    /// <summary>Reads a condition; names of parameters are case-sensitive, and written decoded.</summary>
    public static bool TryParse(
        string name, string value, [NotNullWhen(true)] out QueryCondition? condition, [NotNullWhen(false)] out PatternError? error)
    {
        condition = ValueTest.TryParse(name, value, out ValueTest? test, out error)
            ? new QueryCondition(Encoding.UTF8.GetBytes(name), test)
            : null;
        return condition is not null;
    }

    /// <inheritdoc/>
    public bool Holds(Exchange exchange)
    {
        ReadOnlySpan<byte> rest = exchange.Request.Query;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            int equals = pair.IndexOf((byte)'=');
            ReadOnlySpan<byte> name = equals < 0 ? pair : pair[..equals];
            if (IsName(name) && IsTaken(equals < 0 ? default : pair[(equals + 1)..]))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public bool IsImpliedBy(IRouteCondition other) =>
        other is QueryCondition query && _name.AsSpan().SequenceEqual(query._name) && _value.IsImpliedBy(query._value);

    /// <inheritdoc/>
    public override string ToString() => $"query {Encoding.UTF8.GetString(_name)}: {_value}";

    // A name can only shrink by decoding, to a third at most.
    private bool IsName(ReadOnlySpan<byte> name)
    {
        if (name.Length < _name.Length || name.Length > _name.Length * 3)
        {
            return false;
        }

        if (!name.ContainsAny(_encoded))
        {
            return name.SequenceEqual(_name);
        }

        byte[]? rented = name.Length > StackOctets ? ArrayPool<byte>.Shared.Rent(name.Length) : null;
        Span<byte> decoded = rented is null ? stackalloc byte[StackOctets] : rented;
        bool isName = decoded[..QueryText.Decode(name, decoded)].SequenceEqual(_name);
        Return(rented);
        return isName;
    }

    private bool IsTaken(ReadOnlySpan<byte> value)
    {
        if (!value.ContainsAny(_encoded))
        {
            return _value.Takes(value);
        }

        byte[]? rented = value.Length > StackOctets ? ArrayPool<byte>.Shared.Rent(value.Length) : null;
        Span<byte> decoded = rented is null ? stackalloc byte[StackOctets] : rented;
        bool isTaken = _value.Takes(decoded[..QueryText.Decode(value, decoded)]);
        Return(rented);
        return isTaken;
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
