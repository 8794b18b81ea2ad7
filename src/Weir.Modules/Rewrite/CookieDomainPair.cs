using System.Text;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Rewrite;

/// <summary>A cookie domain as the origin writes it, and what stands for it.</summary>
internal sealed class CookieDomainPair
{
    private readonly byte[] _from;

    private CookieDomainPair(string from, string to)
    {
        _from = Encoding.ASCII.GetBytes(from.TrimStart('.'));
        Attribute = string.Equals(to, "off", StringComparison.Ordinal) ? [] : Encoding.ASCII.GetBytes(" Domain=" + to);
    }

    /// <summary>The whole attribute that stands for it, with a space in front; empty: the attribute is removed.</summary>
    public byte[] Attribute { get; }

    /// <summary>Compiles a pair; null after an error was reported.</summary>
    public static CookieDomainPair? Parse(ModuleBuilder builder, string option, CookieDomainOptions options)
    {
        bool isFrom = string.Equals(options.From, "*", StringComparison.Ordinal) || IsDomain(options.From);
        if (!isFrom)
        {
            builder.Error(option + ".from", $"\"{options.From}\" is not a domain.", "Write a domain, or * for any.");
        }

        if (!IsDomain(options.To))
        {
            builder.Error(option + ".to", $"\"{options.To}\" is not a domain.", "Write a domain, or off to remove the attribute.");
        }

        return isFrom && IsDomain(options.To) ? new CookieDomainPair(options.From, options.To) : null;
    }

    /// <summary>Whether it is about this domain (RFC 6265 section 5.2.3: a leading dot and case mean nothing).</summary>
    public bool Matches(ReadOnlySpan<byte> domain) =>
        _from.AsSpan().SequenceEqual("*"u8) || Ascii.EqualsIgnoreCase(domain.TrimStart((byte)'.'), _from);

    private static bool IsDomain(string text) =>
        text.Trim('.').Length != 0 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-');
}
