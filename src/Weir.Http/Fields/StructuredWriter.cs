using System.Buffers;
using System.Globalization;
using System.Text;

namespace Weir.Http.Fields;

/// <summary>The algorithms of RFC 9651 section 4.1. Values are valid by construction, so writing cannot fail.</summary>
internal sealed class StructuredWriter
{
    private const int ThousandthsPerUnit = 1000;

    private readonly ArrayBufferWriter<byte> _target = new();

    public byte[] ToArray() => _target.WrittenSpan.ToArray();

    public void WriteList(IReadOnlyList<StructuredMember> list)
    {
        for (int i = 0; i < list.Count; i++)
        {
            Write(i > 0 ? ", " : "");
            WriteMember(list[i]);
        }
    }

    public void WriteDictionary(StructuredDictionary dictionary)
    {
        for (int i = 0; i < dictionary.Count; i++)
        {
            (string key, StructuredMember member) = dictionary.Entries[i];
            Write(i > 0 ? ", " : "");
            Write(key);
            if (!member.IsInnerList && member.Value.IsTrue)
            {
                WriteParameters(member.Parameters);
                continue;
            }

            Write("=");
            WriteMember(member);
        }
    }

    public void WriteMember(StructuredMember member)
    {
        if (member.InnerList is { } items)
        {
            Write("(");
            for (int i = 0; i < items.Count; i++)
            {
                Write(i > 0 ? " " : "");
                WriteMember(items[i]);
            }

            Write(")");
        }
        else
        {
            WriteValue(member.Value);
        }

        WriteParameters(member.Parameters);
    }

    private void WriteParameters(StructuredParameters parameters)
    {
        foreach ((string key, StructuredValue value) in parameters.Entries)
        {
            Write(";");
            Write(key);
            if (!value.IsTrue)
            {
                Write("=");
                WriteValue(value);
            }
        }
    }

    private void WriteValue(StructuredValue value)
    {
        switch (value.Kind)
        {
            case StructuredKind.Integer:
                Write(value.Number.ToString(CultureInfo.InvariantCulture));
                break;
            case StructuredKind.Decimal:
                Write(DecimalText(value.Number));
                break;
            case StructuredKind.String:
                int length = StructuredText.WriteString(value.Octets, _target.GetSpan((2 * value.Octets.Length) + 2));
                _target.Advance(length);
                break;
            case StructuredKind.Token:
                _target.Write(value.Octets);
                break;
            case StructuredKind.Bytes:
                Write($":{Convert.ToBase64String(value.Octets)}:");
                break;
            case StructuredKind.Boolean:
                Write(value.Number == 1 ? "?1" : "?0");
                break;
            case StructuredKind.Date:
                Write($"@{value.Number.ToString(CultureInfo.InvariantCulture)}");
                break;
            default:
                WriteDisplayString(value.Octets);
                break;
        }
    }

    // Section 4.1.5: at least one digit behind the point, no zeros at the end.
    private static string DecimalText(long thousandths)
    {
        long whole = Math.Abs(thousandths) / ThousandthsPerUnit;
        string fraction = (Math.Abs(thousandths) % ThousandthsPerUnit).ToString("000", CultureInfo.InvariantCulture).TrimEnd('0');
        string sign = thousandths < 0 ? "-" : "";
        return $"{sign}{whole.ToString(CultureInfo.InvariantCulture)}.{(fraction.Length == 0 ? "0" : fraction)}";
    }

    // Section 4.1.11.
    private void WriteDisplayString(ReadOnlySpan<byte> octets)
    {
        StringBuilder text = new("%\"");
        foreach (byte octet in octets)
        {
            bool isPlain = octet is >= 0x20 and <= 0x7E && octet is not ((byte)'%' or (byte)'"');
            text.Append(isPlain ? ((char)octet).ToString() : $"%{octet:x2}");
        }

        Write(text.Append('"').ToString());
    }

    private void Write(string text) => _target.Write(Encoding.ASCII.GetBytes(text));
}
