using Weir.Cache.Purging;

namespace Weir.Cache.Tests.Purging;

/// <summary>Proves that what a log is written anew with is what was in force at one time, whatever goes on beside it.</summary>
public sealed class KeptPurgesTests
{
    private const int Names = 40;

    [Fact]
    public void What_was_kept_once_stays_as_it_was()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        PurgeOrder order = new();
        Queue<LoggedPurge> expected = new();
        List<(PurgeOrder.Snapshot Taken, LoggedPurge[] Expected)> taken = [];
        for (ulong number = 1; number <= 4_000; number++)
        {
            LoggedPurge purge = Some(random, number);
            order.Enqueue(purge);
            expected.Enqueue(purge);
            for (int i = random.Next(2) * random.Next(3); i > 0 && expected.Count > 0; i--)
            {
                order.TryPeek(out LoggedPurge oldest).ShouldBeTrue();
                oldest.ShouldBe(expected.Peek(), $"seed {seed}");
                order.Dequeue().ShouldBe(expected.Dequeue(), $"seed {seed}");
            }

            if (random.Next(200) == 0)
            {
                taken.Add((order.Take(), [.. expected]));
            }
        }

        foreach ((PurgeOrder.Snapshot snapshot, LoggedPurge[] then) in taken)
        {
            Enumerable.Range(0, snapshot.Count).Select(i => snapshot[i]).ShouldBe(then, ignoreOrder: false, $"seed {seed}");
        }
    }

    [Fact]
    public void What_is_written_is_the_newest_of_each_name_and_the_newest_hard_one()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int round = 0; round < 50; round++)
        {
            List<LoggedPurge> all = [.. Enumerable.Range(1, 200).Where(number => number != 100).Select(number => Some(random, (ulong)number))];
            PurgeOrder order = new();
            all.ForEach(purge => order.Enqueue(purge));
            LoggedPurge scanned = new(100, PurgeKind.Prefix, false, 1, 0, "\na.test\n/");
            IEnumerable<LoggedPurge> expected = all.Where(purge => !all.Any(other => StandsFor(other, purge))).Append(scanned);
            new KeptPurges(order.Take(), [new ScannedPurge(scanned)]).ListLive()
                .ShouldBe(expected.OrderBy(purge => purge.Number), ignoreOrder: false, $"seed {seed}");
        }
    }

    private static bool StandsFor(LoggedPurge newer, LoggedPurge older) =>
        newer.Name == older.Name && newer.Number > older.Number && (older.IsSoft || !newer.IsSoft);

    private static LoggedPurge Some(Random random, ulong number) =>
        new(number, PurgeKind.Url, random.Next(2) == 0, (uint)number, (ulong)random.Next(Names), "");
}
