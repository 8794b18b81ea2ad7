using System.Text;
using Weir.Http.Fields;

namespace Weir.Cache.Freshness;

/// <summary>The directives of one Cache-Control line (RFC 9111 section 5.2), in order. <c>foreach</c> walks them.</summary>
public ref struct DirectiveList
{
    private ListField _members;

    /// <summary>Over one field's value.</summary>
    public DirectiveList(ReadOnlySpan<byte> value) => _members = new ListField(value);

    /// <summary>The directive's name as written.</summary>
    public ReadOnlySpan<byte> Name { readonly get; private set; }

    /// <summary>What stands behind "=", without the quotation marks around it.</summary>
    public ReadOnlySpan<byte> Argument { readonly get; private set; }

    /// <summary>Whether there is an argument, perhaps an empty one.</summary>
    public bool HasArgument { readonly get; private set; }

    /// <summary>Itself: the pattern of <c>foreach</c>.</summary>
    public readonly DirectiveList Current => this;

    /// <summary>Itself: the pattern of <c>foreach</c>.</summary>
    public readonly DirectiveList GetEnumerator() => this;

    /// <summary>Goes to the next directive.</summary>
    public bool MoveNext()
    {
        if (!_members.MoveNext())
        {
            return false;
        }

        ReadOnlySpan<byte> member = _members.Current;
        int equals = member.IndexOf((byte)'=');
        int semicolon = member.IndexOf((byte)';');
        if (semicolon >= 0 && (equals < 0 || semicolon < equals))
        {
            // No grammar knows parameters here. What forbids something goes on forbidding it with one; a time with one is none that is
            // valid.
            member = member[..semicolon].TrimEnd(" \t"u8);
            equals = -1;
        }

        HasArgument = equals >= 0;

        // White space around "=" is no grammar of RFC 9111: the name is understood, the argument then is none that is valid.
        Name = equals < 0 ? member : member[..equals].TrimEnd(" \t"u8);
        Argument = equals < 0 ? default : equals > Name.Length ? " "u8 : Unquote(member[(equals + 1)..]);
        return true;
    }

    /// <summary>Whether the directive is this one; names are compared without case.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name, name);

    // RFC 9111 section 5.2: recipients ought to accept both the token and the quoted form.
    private static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> argument) =>
        argument.Length >= 2 && argument[0] == (byte)'"' && argument[^1] == (byte)'"' ? argument[1..^1] : argument;
}
