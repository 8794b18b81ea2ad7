// Hot: applied to each head that passes the module.
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules;

/// <summary>Removes fields by name or by the beginning of a name.</summary>
internal sealed class FieldRemoval
{
    private readonly ulong _known;
    private readonly byte[][] _names;
    private readonly byte[][] _beginnings;

    private FieldRemoval(ulong known, byte[][] names, byte[][] beginnings)
    {
        _known = known;
        _names = names;
        _beginnings = beginnings;
    }

    /// <summary>Whether there is nothing to remove.</summary>
    public bool IsEmpty => _known == 0 && _names.Length == 0 && _beginnings.Length == 0;

    /// <summary>Compiles the names; those with mistakes are reported and left out.</summary>
    public static FieldRemoval Parse(ModuleBuilder builder, string option, IReadOnlyList<string> names)
    {
        ulong known = 0;
        List<byte[]> others = [];
        List<byte[]> beginnings = [];
        for (int i = 0; i < names.Count; i++)
        {
            string name = names[i];
            string place = $"{option}[{i}]";
            if (name.EndsWith('*'))
            {
                AddBeginning(builder, place, name, beginnings);
                continue;
            }

            if (!FieldNames.Check(builder, place, name))
            {
                continue;
            }

            byte[] octets = Encoding.ASCII.GetBytes(name);
            KnownField field = KnownFields.Find(octets);
            known |= field == KnownField.Other ? 0 : HeaderFields.Mask(field);
            if (field == KnownField.Other)
            {
                others.Add(octets);
            }
        }

        return new FieldRemoval(known, [.. others], [.. beginnings]);
    }

    /// <summary>Removes.</summary>
    public void Apply(HeaderFields fields)
    {
        fields.RemoveAll(_known);
        foreach (byte[] name in _names)
        {
            fields.Remove(name);
        }

        if (_beginnings.Length != 0)
        {
            RemoveBeginnings(fields);
        }
    }

    private static void AddBeginning(ModuleBuilder builder, string option, string name, List<byte[]> beginnings)
    {
        byte[] beginning = Encoding.UTF8.GetBytes(name[..^1]);
        if (!FieldSyntax.IsToken(beginning) || beginning.Contains((byte)'*'))
        {
            builder.Error(
                option,
                $"\"{name}\" is not a field name with a * at its end.",
                "Write the beginning of the names, then *: X-Internal-*.");
            return;
        }

        beginnings.Add(beginning);
    }

    private void RemoveBeginnings(HeaderFields fields)
    {
        for (int slot = 0; slot < fields.SlotCount; slot++)
        {
            // A wildcard never reaches the framing: "C*" is not meant to remove Content-Length.
            bool isReserved = (FieldNames.Reserved & HeaderFields.Mask(fields.FieldAt(slot))) != 0;
            if (!isReserved && !fields.IsRemoved(slot) && HasBeginning(fields.NameAt(slot)))
            {
                fields.RemoveAt(slot);
            }
        }
    }

    private bool HasBeginning(ReadOnlySpan<byte> name)
    {
        foreach (byte[] beginning in _beginnings)
        {
            if (name.Length >= beginning.Length && Ascii.EqualsIgnoreCase(name[..beginning.Length], beginning))
            {
                return true;
            }
        }

        return false;
    }
}
