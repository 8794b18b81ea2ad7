// Hot: runs for each request that passes an auth module with such a field.
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules;

/// <summary>
/// A field of the request that a module alone may set, because origins believe it: what a client sends under that name, or under one that
/// origins read as the same, is always removed first.
/// </summary>
internal sealed class OwnField
{
    private const byte Space = (byte)' ';

    private readonly byte[] _name;

    private OwnField(string name) => _name = Encoding.ASCII.GetBytes(name);

    /// <summary>The field of a name; null without a name, or after an error was reported.</summary>
    public static OwnField? Read(CheckedBuilder check, string option, string? name) =>
        name is not null && FieldNames.Check(check, option, name) ? new OwnField(name) : null;

    /// <summary>Removes what a client sent, and what comes behind the content.</summary>
    public void Strip(Exchange exchange)
    {
        Strip(exchange.Request.Fields);
        if (!exchange.RequestBody.Length.IsNone)
        {
            exchange.RequestBody = new GuardedTrailers(exchange.RequestBody, this);
        }
    }

    /// <summary>Removes what a client sent.</summary>
    public void Strip(HeaderFields fields)
    {
        for (int slot = 0; slot < fields.SlotCount; slot++)
        {
            if (!fields.IsRemoved(slot) && IsSame(fields.NameAt(slot)))
            {
                // By name, so that what is known of the whole list stays true.
                fields.Remove(fields.NameAt(slot));
            }
        }
    }

    /// <summary>Sets it. Octets that a value must not have become blanks.</summary>
    public void Set(HeaderFields fields, ReadOnlySpan<byte> value)
    {
        if (FieldSyntax.IsValue(value))
        {
            fields.Set(_name, value.Trim(" \t"u8));
            return;
        }

        byte[] clean = value.ToArray();
        for (int i = 0; i < clean.Length; i++)
        {
            clean[i] = FieldSyntax.ForbiddenInValues.Contains(clean[i]) ? Space : clean[i];
        }

        fields.Set(_name, clean.AsSpan().Trim(" \t"u8));
    }

    // Origins that make variables of names read "_" as "-", and some of them every sign.
    private bool IsSame(ReadOnlySpan<byte> name)
    {
        if (name.Length != _name.Length)
        {
            return false;
        }

        for (int i = 0; i < name.Length; i++)
        {
            if (Fold(name[i]) != Fold(_name[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static byte Fold(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20)
        : octet is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') ? octet
        : (byte)'-';
}
