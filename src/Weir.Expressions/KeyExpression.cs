// Hot: asked for each request that reaches it.
using System.Buffers.Binary;
using Weir.Abstractions.Exchanges;
using Weir.Expressions.Evaluation;

namespace Weir.Expressions;

/// <summary>
/// An expression whose value tells requests apart: a text, a number, an address, a truth, or a list of them. Immutable; any loop may ask
/// it. Asking allocates nothing and never fails.
/// </summary>
public sealed class KeyExpression
{
    private readonly Node[] _parts;

    internal KeyExpression(string text, Node[] parts, ExpressionNeeds needs)
    {
        Text = text;
        _parts = parts;
        Needs = needs;
        if (Needs.HasFlag(ExpressionNeeds.TlsFingerprint))
        {
            TlsFingerprints.Want();
        }
    }

    /// <summary>The expression as written.</summary>
    public string Text { get; }

    /// <summary>What must be there beforehand.</summary>
    public ExpressionNeeds Needs { get; }

    /// <summary>
    /// The value as octets that no other value has: each part of a list has its length in front. An address is its 16 octets, of IPv6 only
    /// the first eight: a customer's network counts as one. Valid until the next expression is asked on this thread.
    /// </summary>
    public ReadOnlySpan<byte> Read(Exchange exchange)
    {
        Scratch.Begin();
        if (_parts is [TextNode only])
        {
            return only.Evaluate(exchange);
        }

        // What the parts themselves write into the scratch space comes first: the key is copied together behind it.
        Span<byte> key = default;
        foreach (Node part in _parts)
        {
            key = part switch
            {
                TextNode text => Append(key, text.Evaluate(exchange)),
                IntNode number => Append(key, number.Evaluate(exchange)),
                AddressNode address => Append(key, address.Evaluate(exchange)),
                _ => Append(key, ((BoolNode)part).Evaluate(exchange) ? 1 : 0),
            };
        }

        return key;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static Span<byte> Append(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> text)
    {
        Span<byte> longer = Scratch.Take(key.Length + sizeof(int) + text.Length);
        key.CopyTo(longer);
        BinaryPrimitives.WriteInt32LittleEndian(longer[key.Length..], text.Length);
        text.CopyTo(longer[(key.Length + sizeof(int))..]);
        return longer;
    }

    private static Span<byte> Append(ReadOnlySpan<byte> key, long number)
    {
        Span<byte> octets = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(octets, number);
        return Append(key, octets);
    }

    private static Span<byte> Append(ReadOnlySpan<byte> key, IpAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.WriteOctets(octets);
        return Append(key, address.IsIPv4 ? octets : octets[..8]);
    }
}
