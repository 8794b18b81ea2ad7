using System.Globalization;
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Cache.Freshness;

/// <summary>
/// The targeted fields that a cache obeys (RFC 9213), the one that counts most first. Immutable. A field that is empty or no dictionary of
/// Structured Fields is ignored (section 2.2); a valid one wins entirely over those behind it, Cache-Control and Expires.
/// </summary>
public sealed class TargetedFields
{
    /// <summary>Weir-Cache-Control, then CDN-Cache-Control.</summary>
    public static readonly TargetedFields Standard = new("Weir-Cache-Control", "CDN-Cache-Control");

    /// <summary>None is obeyed.</summary>
    public static readonly TargetedFields None = new();

    private readonly byte[][] _names;

    /// <summary>Fields by their names.</summary>
    public TargetedFields(params IReadOnlyList<string> names) => _names = [.. names.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Finds the field that counts; null: none does.</summary>
    internal StructuredDictionary? Find(HeaderFields fields)
    {
        foreach (byte[] name in _names)
        {
            if (fields.Find(name) >= 0 && StructuredFields.ParseDictionary(fields, name) is { Count: > 0 } dictionary)
            {
                return dictionary;
            }
        }

        return null;
    }

    internal bool TryRead(HeaderFields fields, ref ResponseCacheControl control)
    {
        if (Find(fields) is not { } dictionary)
        {
            return false;
        }

        foreach ((string name, StructuredMember member) in dictionary.Entries)
        {
            TakeMember(name, member, ref control);
        }

        return true;
    }

    private static void TakeMember(string name, StructuredMember member, ref ResponseCacheControl control)
    {
        StructuredValue value = member.Value;
        bool isBoolean = !member.IsInnerList && value.Kind == StructuredKind.Boolean;
        if (isBoolean && !value.IsTrue)
        {
            return;
        }

        ReadOnlySpan<byte> argument = member.IsInnerList || isBoolean ? default : value.Kind switch
        {
            StructuredKind.Integer when IsTime(name) => Encoding.ASCII.GetBytes(value.Number.ToString(CultureInfo.InvariantCulture)),
            // RFC 9213 section 2.1: a time is an Integer; in any other type it is none that is valid.
            StructuredKind.String or StructuredKind.Token when !IsTime(name) => value.Octets,
            _ => default,
        };
        control.Take(Encoding.ASCII.GetBytes(name), argument, !isBoolean);
    }

    private static bool IsTime(string name) => name is "max-age" or "s-maxage" or "stale-while-revalidate" or "stale-if-error";
}
