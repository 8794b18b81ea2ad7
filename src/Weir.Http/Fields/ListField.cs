// Hot: runs for list-valued fields of every head.
namespace Weir.Http.Fields;

/// <summary>
/// The members of a comma-separated list (RFC 9110 section 5.6.1), without surrounding white space. Commas in quoted strings
/// separate nothing; empty members are skipped, as the RFC demands of recipients. <c>foreach</c> walks them.
/// </summary>
public ref struct ListField
{
    private readonly ReadOnlySpan<byte> _value;
    private int _next;

    /// <summary>Over one field's value.</summary>
    public ListField(ReadOnlySpan<byte> value) => _value = value;

    /// <summary>The current member.</summary>
    public ReadOnlySpan<byte> Current { readonly get; private set; }

    /// <summary>Itself: the pattern of <c>foreach</c>.</summary>
    public readonly ListField GetEnumerator() => this;

    /// <summary>Goes to the next member.</summary>
    public bool MoveNext()
    {
        while (_next < _value.Length)
        {
            ReadOnlySpan<byte> rest = _value[_next..];
            int end = EndOfMember(rest);
            _next += end + 1;
            ReadOnlySpan<byte> member = rest[..end].Trim(" \t"u8);
            if (!member.IsEmpty)
            {
                Current = member;
                return true;
            }
        }

        return false;
    }

    private static int EndOfMember(ReadOnlySpan<byte> rest)
    {
        int at = rest.IndexOfAny((byte)',', (byte)'"');
        while (at >= 0 && rest[at] == (byte)'"')
        {
            at = EndOfQuoted(rest, at + 1);
            int step = rest[at..].IndexOfAny((byte)',', (byte)'"');
            at = step < 0 ? -1 : at + step;
        }

        return at < 0 ? rest.Length : at;
    }

    // The index behind the closing quotation mark; the end of the text when there is none.
    private static int EndOfQuoted(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length)
        {
            int step = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (step < 0)
            {
                return text.Length;
            }

            at += step;
            if (text[at] == (byte)'"')
            {
                return at + 1;
            }

            at += 2;
        }

        return text.Length;
    }
}
