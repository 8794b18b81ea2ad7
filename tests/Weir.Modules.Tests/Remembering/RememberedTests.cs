using System.Buffers.Binary;
using System.Text;
using Weir.Modules.Remembering;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Remembering;

public sealed class RememberedTests
{
    [Fact]
    public void What_was_added_is_found_until_its_time_by_its_octets_alone()
    {
        Remembered<string> table = new();
        CredentialDigest digest = table.DigestOf("a token"u8);
        table.Find(digest, 0).ShouldBeNull();
        table.Add(digest, "bea", until: 10, now: 0);
        table.Find(table.DigestOf("a token"u8), 9).ShouldBe("bea");
        table.Find(digest, 10).ShouldBeNull();
        table.Find(table.DigestOf("a tokeo"u8), 9).ShouldBeNull();
        table.Add(digest, "mia", until: 20, now: 10);
        table.Find(digest, 19).ShouldBe("mia");
        table.Remove(digest);
        table.Find(digest, 19).ShouldBeNull();
        new Remembered<string>().DigestOf("a token"u8).ShouldNotBe(digest, "Each has a key of its own.");
    }

    [Fact]
    public void Each_bit_of_what_is_shown_counts()
    {
        Remembered<string> table = new();
        byte[] shown = Encoding.ASCII.GetBytes(new string('x', 61));
        table.Add(table.DigestOf(shown), "bea", until: 10, now: 0);
        for (int bit = 0; bit < shown.Length * 8; bit++)
        {
            shown[bit / 8] ^= (byte)(1 << (bit % 8));
            table.Find(table.DigestOf(shown), 0).ShouldBeNull();
            shown[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        table.Find(table.DigestOf(shown[..^1]), 0).ShouldBeNull();
        table.Find(table.DigestOf([.. shown, 0]), 0).ShouldBeNull();
        table.Find(table.DigestOf(shown), 0).ShouldBe("bea");
    }

    [Fact]
    public void A_full_table_forgets_what_has_ended_first_and_never_gives_one_for_another()
    {
        Remembered<object> table = new(sets: 1);
        CredentialDigest[] digests = [.. Enumerable.Range(0, 100).Select(i => table.DigestOf(BitConverter.GetBytes(i)))];
        for (int i = 0; i < 3; i++)
        {
            table.Add(digests[i], i, until: 100, now: 0);
        }

        table.Add(digests[3], 3, until: 5, now: 0);
        table.Add(digests[4], 4, until: 100, now: 5);
        digests.Count(digest => table.Find(digest, 5) is not null).ShouldBe(4);
        table.Find(digests[3], 0).ShouldBeNull("It has ended, so its place went.");
        for (int i = 5; i < 100; i++)
        {
            table.Add(digests[i], i, until: 100, now: 5);
            table.Find(digests[i], 5).ShouldBe(i);
        }

        digests.Index().Count(pair => table.Find(pair.Item, 5) is { } found && found.Equals(pair.Index)).ShouldBe(4);
    }

    [Fact]
    public void Most_of_as_many_as_half_the_places_stay()
    {
        Remembered<object> table = new();
        byte[] octets = new byte[40];
        for (int i = 0; i < 8192; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(octets, i);
            table.Add(table.DigestOf(octets), table, until: 100, now: 0);
        }

        int found = 0;
        for (int i = 0; i < 8192; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(octets, i);
            found += table.Find(table.DigestOf(octets), 0) is null ? 0 : 1;
        }

        found.ShouldBeInRange(7400, 8192);
    }

    [Fact]
    public void Finding_allocates_nothing()
    {
        Remembered<string> table = new();
        table.Add(table.DigestOf("a token"u8), "bea", until: 10, now: 0);
        Allocation.Of(() => table.Find(table.DigestOf("a token"u8), 0).ShouldNotBeNull()).ShouldBe(0);
    }
}
