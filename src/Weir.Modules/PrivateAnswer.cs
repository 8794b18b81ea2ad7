// Hot: runs for each response to who was let in.
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Modules;

/// <summary>
/// Answers to who was let in are for them alone. RFC 9111 section 3.5 keeps shared caches from storing what was asked for with
/// Authorization; of cookies, keys and certificates they know nothing, and a module that takes the credentials away hides even
/// Authorization. So the answer says it.
/// </summary>
internal static class PrivateAnswer
{
    private enum Sharing
    {
        Unsaid,
        Shared,
        Private,
    }

    /// <summary>Makes an answer private, unless the origin says that it is for all: `public`, or `s-maxage`.</summary>
    /// <param name="fields">The response's fields.</param>
    /// <param name="evenIfShared">Whether what the origin says of all does not count: it knows nothing of who is let in.</param>
    public static void Mark(HeaderFields fields, bool evenIfShared = false)
    {
        Sharing said = Sharing.Unsaid;
        for (int slot = 0; slot < fields.SlotCount; slot++)
        {
            if (fields.IsRemoved(slot))
            {
                continue;
            }

            if (fields.FieldAt(slot) == KnownField.CacheControl)
            {
                Sharing here = Read(fields.ValueAt(slot));
                said = here > said ? here : said;
            }
            else if (IsTargeted(fields.NameAt(slot)) && (evenIfShared || Read(fields.ValueAt(slot)) == Sharing.Unsaid))
            {
                // RFC 9213 section 2.2: it would count in place of Cache-Control.
                fields.RemoveAt(slot);
            }
        }

        if (said == Sharing.Unsaid || (said == Sharing.Shared && evenIfShared))
        {
            fields.Add(KnownField.CacheControl, "private"u8);
        }
    }

    private static bool IsTargeted(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> end = "-Cache-Control"u8;
        return (name.Length > end.Length && Ascii.EqualsIgnoreCase(name[^end.Length..], end))
            || Ascii.EqualsIgnoreCase(name, "Surrogate-Control"u8);
    }

    private static Sharing Read(ReadOnlySpan<byte> value)
    {
        Sharing said = Sharing.Unsaid;
        foreach (DirectiveList directive in new DirectiveList(value))
        {
            // RFC 9111 section 5.2.2.7: with names of fields, `private` is about these alone.
            if (directive.Is("no-store"u8) || (directive.Is("private"u8) && directive.Argument.Trim(" \t,"u8).IsEmpty))
            {
                return Sharing.Private;
            }

            if (directive.Is("public"u8) || directive.Is("s-maxage"u8))
            {
                said = Sharing.Shared;
            }
        }

        return said;
    }
}
