using Weir.Cache.Stores;
using Weir.Cache.Tests.Freshness;

namespace Weir.Cache.Tests.Stores;

/// <summary>Proves that loops which read without a lock never see octets that are not what was stored under their key.</summary>
public sealed class ConcurrencyTests
{
    private const int Objects = 400;
    private const int Rounds = 60_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Readers_see_what_was_stored_while_others_store_move_and_remove(int seed)
    {
        using MemoryStore store = new(2 << 20, 4);
        long found = 0;
        Exception? failure = null;
        Thread[] threads =
        [
            .. Enumerable.Range(0, 4).Select(lane => new Thread(() =>
            {
                try
                {
                    Interlocked.Add(ref found, lane < 2 ? Read(store, lane, seed) : Change(store, lane, seed));
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        failure.ShouldBeNull($"seed {seed}");
        found.ShouldBeGreaterThan(0);
        store.EvictedCount.ShouldBeGreaterThan(0);
        store.UsedOctets.ShouldBeLessThanOrEqualTo(store.CapacityOctets);

        // Nobody holds anything any more: all of it can be used again.
        for (int i = 0; i < 1_000; i++)
        {
            Sample.Insert(store, i, 7_000).ShouldBeTrue();
        }

        store.HeldBack.ShouldBe(0);
    }

    private static long Read(MemoryStore store, int lane, int seed)
    {
        Random random = new((seed * 100) + lane);
        Queue<(int Number, StoredEntry Entry)> held = new();
        long found = 0;
        for (int i = 0; i < Rounds; i++)
        {
            // Some are asked for more than others, so that they are moved instead of dropped.
            int number = random.Next(random.Next(2) == 0 ? Objects : 20);
            if (store.TryFind(lane, Sample.Hash(number), Sample.Key(number), out StoredEntry entry))
            {
                found++;
                held.Enqueue((number, entry));
            }

            while (held.Count > random.Next(8))
            {
                (int oldNumber, StoredEntry old) = held.Dequeue();
                Sample.Check(oldNumber, old);
                store.Release(lane, old);
            }
        }

        foreach ((int number, StoredEntry entry) in held)
        {
            Sample.Check(number, entry);
            store.Release(lane, entry);
        }

        return found;
    }

    private static long Change(MemoryStore store, int lane, int seed)
    {
        Random random = new((seed * 100) + lane);
        for (int i = 0; i < Rounds / 2; i++)
        {
            int number = random.Next(Objects);
            switch (random.Next(20))
            {
                case 0:
                    store.Remove(Sample.Hash(number), Sample.Key(number));
                    break;
                case 1:
                    store.Expire(Sample.Hash(number), Sample.Key(number), Fields.Now);
                    break;
                case 2:
                    Sample.InsertLarge(store, number, 66_000 + random.Next(20_000), random.Next());
                    break;
                case 3 when store.TryFind(lane, Sample.Hash(number), Sample.Key(number), out StoredEntry entry):
                    store.Refresh(entry, Sample.Key(number), Sample.Record("A: b"));
                    store.Release(lane, entry);
                    break;
                default:
                    Sample.Insert(store, number, random.Next(4_000), random.Next());
                    break;
            }
        }

        return 0;
    }
}
