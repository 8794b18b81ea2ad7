using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Cache.Purging;

/// <summary>The tags of a response: Surrogate-Key, divided by blanks, Cache-Tag, by commas, and the Cache-Groups of RFC 9875.</summary>
public static class TagFields
{
    /// <summary>Tags of one response; of one that has more, every tag counts as its own.</summary>
    public const int Most = 1_024;

    /// <summary>Octets of a tag; of longer ones the beginning counts.</summary>
    public const int MostOctets = 1_024;

    /// <summary>The hashes of a response's tags, each once; null: it has none.</summary>
    public static uint[]? Read(HeaderFields response, PurgeList purges)
    {
        HashSet<uint>? tags = null;
        for (int slot = response.Find("Surrogate-Key"u8); slot >= 0; slot = response.Find("Surrogate-Key"u8, slot + 1))
        {
            ReadOnlySpan<byte> value = response.ValueAt(slot);
            foreach (Range place in value.SplitAny(" \t"u8))
            {
                Add(ref tags, value[place], purges);
            }
        }

        for (int slot = response.Find("Cache-Tag"u8); slot >= 0; slot = response.Find("Cache-Tag"u8, slot + 1))
        {
            foreach (ReadOnlySpan<byte> tag in new ListField(response.ValueAt(slot)))
            {
                Add(ref tags, tag, purges);
            }
        }

        AddGroups(response, ref tags, purges);
        return tags?.ToArray();
    }

    /// <summary>The groups that a response to an unsafe request makes invalid (RFC 9875 section 3): of its own origin.</summary>
    public static IReadOnlyList<string> ReadInvalidated(HeaderFields response) =>
        response.Find("Cache-Group-Invalidation"u8) < 0 ? [] : Groups(response, "Cache-Group-Invalidation"u8);

    // RFC 9875 section 2: a list of strings; parameters say nothing. Cheap where there is none, as nearly always.
    private static void AddGroups(HeaderFields response, ref HashSet<uint>? tags, PurgeList purges)
    {
        if (response.Find("Cache-Groups"u8) < 0)
        {
            return;
        }

        foreach (string group in Groups(response, "Cache-Groups"u8))
        {
            Add(ref tags, System.Text.Encoding.UTF8.GetBytes(group), purges);
        }
    }

    // A field that is no list is ignored, and so is a list with a member that is no string: RFC 9651 section 4.2.
    private static List<string> Groups(HeaderFields response, ReadOnlySpan<byte> name)
    {
        List<string> groups = [];
        foreach (StructuredMember member in StructuredFields.ParseList(response, name) ?? [])
        {
            if (member.IsInnerList || member.Value.Kind != StructuredKind.String)
            {
                return [];
            }

            groups.Add(member.Value.Text);
        }

        return groups;
    }

    private static void Add(ref HashSet<uint>? tags, ReadOnlySpan<byte> tag, PurgeList purges)
    {
        if (tag.IsEmpty)
        {
            return;
        }

        tags ??= [];
        tags.Add(tags.Count < Most ? purges.TagOf(tag) : PurgeList.ManyTags);
    }
}
