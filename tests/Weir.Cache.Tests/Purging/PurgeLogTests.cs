using Weir.Cache.Purging;
using Weir.Cache.Tests.Freshness;

namespace Weir.Cache.Tests.Purging;

public sealed class PurgeLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-purges").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_acknowledged_is_there_after_a_start()
    {
        ulong identity;
        uint tag;
        using (PurgeList list = PurgeList.Open(_folder))
        {
            identity = list.Identity;
            tag = list.TagOf("t"u8);
            list.Add([Purge.OfUrl("https", "a.test", "/x", isSoft: false), Purge.OfTag("t", isSoft: true)]).IsDone.ShouldBeTrue();
            list.Add([Purge.OfPrefix("", "b.test", "/", isSoft: false)]).Number.ShouldBe(3u);
            PurgeConditions.TryParse("status == 404", out IPurgePredicate? predicate, out _).ShouldBeTrue();
            list.Add([Purge.OfPredicate(predicate!, isSoft: false)]).IsDone.ShouldBeTrue();
        }

        using PurgeList again = PurgeList.Open(_folder);
        again.Identity.ShouldBe(identity);
        again.Last.ShouldBe(4u);
        again.TagOf("t"u8).ShouldBe(tag);
        Judge(again, "s\nhttps\na.test\n/x").ShouldBe(PurgeVerdict.Hard);
        Judge(again, "s\nhttps\na.test\n/y", tag).ShouldBe(PurgeVerdict.Soft);
        Judge(again, "s\nhttp\nb.test\n/y").ShouldBe(PurgeVerdict.Hard);
        again.Judge(new PurgeSubject { Key = "s\nhttp\na.test\n/y"u8, Status = 404 }, 0).Verdict.ShouldBe(PurgeVerdict.Hard);
        Judge(again, "s\nhttp\na.test\n/y").ShouldBe(PurgeVerdict.Untouched);
    }

    [Fact]
    public void A_torn_end_is_cut_off_wherever_it_is_torn()
    {
        ulong identity;
        using (PurgeList list = PurgeList.Open(_folder))
        {
            identity = list.Identity;
            list.Add([Purge.OfHost("a.test", isSoft: false)]);
            list.Add([Purge.OfPrefix("", "b.test", "/path", isSoft: false)]);
        }

        byte[] whole = File.ReadAllBytes(InUse());
        const int FirstEnd = 48 + 8 + 22;
        for (int length = FirstEnd; length < whole.Length; length++)
        {
            File.WriteAllBytes(InUse(), whole[..length]);
            using PurgeList list = PurgeList.Open(_folder);
            list.Identity.ShouldBe(identity, $"cut at {length}");
            list.Last.ShouldBe(1u);
            new FileInfo(InUse()).Length.ShouldBe(FirstEnd);
        }
    }

    [Fact]
    public void A_flipped_bit_in_front_of_other_purges_gives_everything_up()
    {
        ulong identity;
        using (PurgeList list = PurgeList.Open(_folder))
        {
            identity = list.Identity;
            list.Add([Purge.OfHost("a.test", isSoft: false)]);
            list.Add([Purge.OfHost("b.test", isSoft: false)]);
        }

        byte[] whole = File.ReadAllBytes(InUse());
        for (int at = 0; at < 48 + 8 + 22; at++)
        {
            if (at is >= 36 and < 48)
            {
                continue; // Nothing stands there.
            }

            whole[at] ^= 4;
            File.WriteAllBytes(Path.Combine(_folder, "purges.1"), whole);
            whole[at] ^= 4;
            using PurgeList list = PurgeList.Open(_folder);
            list.Identity.ShouldNotBe(identity, $"octet {at}");
            list.Last.ShouldBe(0u);
            list.Add([Purge.OfHost("a.test", isSoft: false)]).IsDone.ShouldBeTrue();
            File.Delete(Path.Combine(_folder, "purges.0"));
        }
    }

    [Fact]
    public void A_file_that_was_not_finished_leaves_the_other_in_use()
    {
        ulong identity;
        using (PurgeList list = PurgeList.Open(_folder))
        {
            identity = list.Identity;
            list.Add([Purge.OfHost("a.test", isSoft: false)]);
        }

        string other = InUse().EndsWith('0') ? Path.Combine(_folder, "purges.1") : Path.Combine(_folder, "purges.0");
        File.WriteAllBytes(other, new byte[500]);
        using PurgeList again = PurgeList.Open(_folder);
        again.Identity.ShouldBe(identity);
        again.Last.ShouldBe(1u);
    }

    [Fact]
    public void The_log_is_written_anew_where_it_has_grown()
    {
        using (PurgeList list = PurgeList.Open(_folder))
        {
            Purge[] same = [.. Enumerable.Range(0, 1_000).Select(i => Purge.OfUrl("https", "a.test", $"/{i}", isSoft: false))];
            for (int i = 0; i < 120; i++)
            {
                list.Add(same).IsDone.ShouldBeTrue();
            }

            list.Last.ShouldBe(120_000u);
        }

        Directory.GetFiles(_folder).Sum(file => new FileInfo(file).Length).ShouldBeLessThan(5L << 20);
        using PurgeList again = PurgeList.Open(_folder);
        again.Last.ShouldBe(120_000u);
        again.Judge(new PurgeSubject { Key = "s\nhttps\na.test\n/7"u8 }, 119_000).Verdict.ShouldBe(PurgeVerdict.Hard);
        again.Judge(new PurgeSubject { Key = "s\nhttps\na.test\n/7"u8 }, 119_008).Verdict.ShouldBe(PurgeVerdict.Untouched);
    }

    [Fact]
    public void A_purge_that_cannot_be_written_is_refused_and_not_in_force()
    {
        using PurgeList list = PurgeList.Open(_folder);
        list.Add([Purge.OfHost("a.test", isSoft: false)]).IsDone.ShouldBeTrue();
        list.Dispose();
        PurgeReceipt receipt = list.Add([Purge.OfHost("b.test", isSoft: false)]);
        receipt.IsDone.ShouldBeFalse();
        receipt.Refusal.ShouldNotBeNull().ShouldContain("cannot be written");
        Judge(list, "s\nhttps\nb.test\n/").ShouldBe(PurgeVerdict.Untouched);
        Judge(list, "s\nhttps\na.test\n/").ShouldBe(PurgeVerdict.Hard);
    }

    private static PurgeVerdict Judge(PurgeList list, string key, params uint[] tags) =>
        list.Judge(new PurgeSubject { Key = Fields.Bytes(key), Tags = tags }, 0).Verdict;

    // The one with the greater turn.
    private string InUse() => Directory.GetFiles(_folder).MaxBy(file => BitConverter.ToUInt64(File.ReadAllBytes(file), 16))!;
}
