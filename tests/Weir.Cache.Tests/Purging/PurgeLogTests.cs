using Weir.Cache.Disk;
using Weir.Cache.Purging;
using Weir.Cache.Tests.Disk;
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
            list.DurableLast.ShouldBe(0u);
            list.Unwritten.ShouldBe(2);
            list.Commit().ShouldBeNull();
            list.DurableLast.ShouldBe(2u);
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
            list.Commit().ShouldBeNull();
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
                list.Commit().ShouldBeNull();
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
    public async Task Who_purges_does_not_wait_for_a_log_that_is_written_anew()
    {
        FaultyFiles files = new(_folder);
        using PurgeList list = PurgeList.Open(files);
        Purge[] same = [.. Enumerable.Range(0, 1_000).Select(i => Purge.OfUrl("https", "a.test", $"/{i}", isSoft: false))];
        for (int i = 0; i < 120; i++)
        {
            list.Add(same).IsDone.ShouldBeTrue();
        }

        list.Commit().ShouldBeNull();
        list.Add([Purge.OfHost("b.test", isSoft: false)]).IsDone.ShouldBeTrue();
        files.HoldWrites();
        Task<string?> writing = Task.Run(list.Commit, TestContext.Current.CancellationToken);
        list.Add([Purge.OfUrl("https", "later.test", "/", isSoft: false)]).IsDone.ShouldBeTrue();
        Judge(list, "s\nhttps\nlater.test\n/").ShouldBe(PurgeVerdict.Hard);
        list.SettledInMemory.ShouldBe(list.Last);
        writing.IsCompleted.ShouldBeFalse();
        files.GoOn();
        (await writing).ShouldBeNull();
        list.Commit().ShouldBeNull();
        list.Dispose();

        using PurgeList again = PurgeList.Open(_folder);
        Judge(again, "s\nhttps\nlater.test\n/").ShouldBe(PurgeVerdict.Hard);
        Judge(again, "s\nhttps\na.test\n/7").ShouldBe(PurgeVerdict.Hard);
        Judge(again, "s\nhttps\nb.test\n/").ShouldBe(PurgeVerdict.Hard);
        Directory.GetFiles(_folder).Sum(file => new FileInfo(file).Length).ShouldBeLessThan(4L << 20, "It was written anew.");
    }

    [Fact]
    public void A_purge_that_cannot_be_written_is_in_force_and_says_so()
    {
        FaultyFiles files = new(_folder);
        using PurgeList list = PurgeList.Open(files);
        list.Add([Purge.OfHost("a.test", isSoft: false)]).IsDone.ShouldBeTrue();
        list.Commit().ShouldBeNull();
        files.WriteFault = FaultyFiles.NoSpace;
        list.Add([Purge.OfHost("b.test", isSoft: false)]).IsDone.ShouldBeTrue();
        Judge(list, "s\nhttps\nb.test\n/").ShouldBe(PurgeVerdict.Hard);
        list.Commit().ShouldNotBeNull().ShouldContain("cannot be written: No space left");
        list.LogProblem.ShouldNotBeNull();
        list.DurableLast.ShouldBe(1u, "a record that is written now must not seem to know a number that is given again after a crash");
        list.Unwritten.ShouldBe(1);
        files.WriteFault = null;
        list.Commit().ShouldBeNull("all that is in force is written once that is possible");
        (list.DurableLast, list.Unwritten, list.LogProblem).ShouldBe((2u, 0, null));
        using PurgeList again = PurgeList.Open(_folder);
        Judge(again, "s\nhttps\na.test\n/").ShouldBe(PurgeVerdict.Hard);
        Judge(again, "s\nhttps\nb.test\n/").ShouldBe(PurgeVerdict.Hard);
    }

    [Fact]
    public void What_is_acknowledged_survives_whichever_operation_fails_before_whichever_kill()
    {
        const int Purges = 5;
        int runs = 0;
        for (int failAt = 0; failAt < 26; failAt++)
        {
            for (int killAt = failAt; killAt < 34; killAt += 1 + (failAt % 2))
            {
                runs++;
                string folder = Path.Combine(_folder, $"{failAt}-{killAt}");
                FaultyFiles files = new(folder) { FailAt = failAt == 25 ? int.MaxValue : failAt + 5, KillAt = killAt + 5 };
                int acknowledged = 0;
                using (PurgeList list = PurgeList.Open(files))
                {
                    files.Operations.ShouldBe(5, "a new log has two writes, two flushes and a cut");
                    for (int i = 0; i < Purges * 3 && !files.IsKilled; i++)
                    {
                        list.Add([Purge.OfHost($"{i}.test", isSoft: false)]);
                        bool isOnDisk = list.Commit() is null;
                        acknowledged = isOnDisk && !files.IsKilled ? i + 1 : acknowledged;
                    }

                    files.KillAt = 0;
                }

                using PurgeList again = PurgeList.Open(folder);
                for (int i = 0; i < acknowledged; i++)
                {
                    Judge(again, $"s\nhttps\n{i}.test\n/")
                        .ShouldBe(PurgeVerdict.Hard, $"{i} of {acknowledged}, failed at {failAt}, killed at {killAt}");
                }
            }
        }

        runs.ShouldBeGreaterThan(300);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flush_that_failed_is_not_believed_later(bool isBrokenForLong)
    {
        FaultyFiles files = new(_folder);
        using PurgeList list = PurgeList.Open(files);
        string before = InUse();
        files.FlushFault = FaultyFiles.Broken;
        list.Add([Purge.OfHost("a.test", isSoft: false)]);
        list.Commit().ShouldNotBeNull();
        if (isBrokenForLong)
        {
            list.Commit().ShouldNotBeNull();
        }

        files.FlushFault = null;
        list.Add([Purge.OfHost("b.test", isSoft: false)]);
        list.Commit().ShouldBeNull();
        InUse().ShouldNotBe(before, "it goes on in the other file");
        using PurgeList again = PurgeList.Open(_folder);
        Judge(again, "s\nhttps\na.test\n/").ShouldBe(PurgeVerdict.Hard);
        Judge(again, "s\nhttps\nb.test\n/").ShouldBe(PurgeVerdict.Hard);
    }

    [Fact]
    public void A_log_is_taken_over_from_the_process_before()
    {
        DiskFiles files = new(_folder);
        PurgeList before = PurgeList.Open(files);
        before.Add([Purge.OfHost("a.test", isSoft: false)]);
        before.Commit().ShouldBeNull();
        using PurgeList list = PurgeList.Waiting(files);
        list.IsWaiting.ShouldBeTrue();
        list.Identity.ShouldBe(before.Identity, "tags are hashed alike");
        ulong fetched = list.Last;
        list.Add([Purge.OfHost("b.test", isSoft: false), Purge.OfPrefix("", "p.test", "/b", isSoft: true)]);
        list.Unwritten.ShouldBe(2);
        before.Add([Purge.OfHost("c.test", isSoft: false), Purge.OfPrefix("", "p.test", "/c", isSoft: false)]);
        before.Commit().ShouldBeNull();
        before.Dispose();

        list.Adopt(files);
        (list.IsWaiting, list.IsDurable, list.Unwritten).ShouldBe((false, true, 0));
        ShouldKnow(list, onDisk: 0);
        Judge(list, "s\nhttps\na.test\n/", fetched).ShouldBe(PurgeVerdict.Untouched, "it was fetched behind that purge");
        Judge(list, "s\nhttps\nb.test\n/", fetched).ShouldBe(PurgeVerdict.Hard);
        Judge(list, "s\nhttps\nc.test\n/", fetched).ShouldBe(PurgeVerdict.Hard, "the process before purged it while this one had it");
        Judge(list, "s\nhttps\np.test\n/c", fetched).ShouldBe(PurgeVerdict.Hard);
        Judge(list, "s\nhttps\nother.test\n/", 0).ShouldBe(PurgeVerdict.Untouched, "what lies on disk stays");
        using PurgeList again = PurgeList.Open(files);
        ShouldKnow(again, onDisk: 0);
        again.Last.ShouldBe(list.Last);
    }

    [Fact]
    public void A_log_that_became_another_meanwhile_is_worth_nothing()
    {
        DiskFiles files = new(_folder);
        PurgeList.Open(files).Dispose();
        using PurgeList list = PurgeList.Waiting(files);
        File.Delete(InUse());
        PurgeList other = PurgeList.Open(files);
        other.Add([Purge.OfHost("a.test", isSoft: false)]);
        other.Dispose();
        list.Adopt(files);
        Judge(list, "s\nhttps\nb.test\n/", 1).ShouldBe(PurgeVerdict.Hard, "its numbers are others'");
        Judge(list, "s\nhttps\nb.test\n/", list.Last).ShouldBe(PurgeVerdict.Untouched);
        using PurgeList again = PurgeList.Open(files);
        again.Identity.ShouldBe(list.Identity);
        Judge(again, "s\nhttps\nb.test\n/", 1).ShouldBe(PurgeVerdict.Hard);
    }

    private static void ShouldKnow(PurgeList list, ulong onDisk)
    {
        Judge(list, "s\nhttps\na.test\n/", onDisk).ShouldBe(PurgeVerdict.Hard);
        Judge(list, "s\nhttps\nb.test\n/", onDisk).ShouldBe(PurgeVerdict.Hard);
        Judge(list, "s\nhttps\nc.test\n/", onDisk).ShouldBe(PurgeVerdict.Hard);
        Judge(list, "s\nhttps\np.test\n/b", onDisk).ShouldBe(PurgeVerdict.Soft);
        Judge(list, "s\nhttps\np.test\n/c", onDisk).ShouldBe(PurgeVerdict.Hard);
    }

    private static PurgeVerdict Judge(PurgeList list, string key, ulong known) =>
        list.Judge(new PurgeSubject { Key = Fields.Bytes(key) }, known).Verdict;

    private static PurgeVerdict Judge(PurgeList list, string key, params uint[] tags) =>
        list.Judge(new PurgeSubject { Key = Fields.Bytes(key), Tags = tags }, 0).Verdict;

    // The one with the greater turn.
    private string InUse() => Directory.GetFiles(_folder).MaxBy(file => BitConverter.ToUInt64(File.ReadAllBytes(file), 16))!;
}
