using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Net.Buffers;
using Weir.Net.Loops;
using Weir.Pipeline.Fetching;

namespace Weir.Pipeline.Tests.Fetching;

/// <summary>The window between real threads.</summary>
public sealed class WindowBodyThreadTests
{
    private const int ChunkOctets = 10_000;
    private const int Chunks = 500;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Readers_on_other_threads_get_every_octet_in_order_or_an_error(bool completes)
    {
        using LoopGroup group = new(3, new BufferBudget(64 << 20), null);
        group.Start();
        Loop producer = group.Loops[0];
        WindowBody body = new(producer, 128 * 1024, _ => { });
        Task<long>[] readers = [.. Enumerable.Range(0, 6).Select(i => Read(group.Loops[i % 3], body, i == 5 ? 2_000_000 : long.MaxValue))];
        TaskCompletionSource produced = new(TaskCreationOptions.RunContinuationsAsynchronously);
        producer.Post(() => producer.Observe(ProduceAsync(body, completes, produced)));
        await produced.Task.WaitAsync(_limit);
        long[] counts = await Task.WhenAll(readers).WaitAsync(_limit);
        counts.Take(5).ShouldAllBe(count => count == (completes ? 1 : -1) * (long)ChunkOctets * Chunks);
        body.Release();
        int rented = -1;
        for (int i = 0; i < 50 && rented != 0; i++)
        {
            await group.RunOnEachAsync(loop =>
            {
                if (loop.Index == 0)
                {
                    rented = loop.SmallBuffers.RentedCount + loop.LargeBuffers.RentedCount;
                }
            }).WaitAsync(_limit);
        }

        rented.ShouldBe(0);
    }

    private static Task<long> Read(Loop loop, WindowBody body, long cancelAfter)
    {
        TaskCompletionSource<long> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        BodyReader reader = body.OpenReader(loop);
        loop.Post(() => loop.Observe(ReadAsync(reader, cancelAfter, done)));
        return done.Task;
    }

    /// <summary>The number of octets, negative when an error ended them.</summary>
    private static async ValueTask ReadAsync(BodyReader reader, long cancelAfter, TaskCompletionSource<long> done)
    {
        long count = 0;
        while (true)
        {
            BodyRead read = await reader.ReadAsync();
            foreach (byte octet in read.Data.Span)
            {
                if (octet != (byte)(count % 251))
                {
                    done.TrySetException(new InvalidOperationException($"Octet {count} is wrong."));
                }

                count++;
            }

            if (read.IsEnd || read.Error is not null)
            {
                done.TrySetResult(read.Error is null ? count : -count);
                return;
            }

            if (count >= cancelAfter)
            {
                reader.Cancel();
                done.TrySetResult(count);
                return;
            }
        }
    }

    private static async ValueTask ProduceAsync(WindowBody body, bool completes, TaskCompletionSource produced)
    {
        byte[] chunk = GC.AllocateArray<byte>(ChunkOctets, pinned: true);
        long position = 0;
        for (int i = 0; i < Chunks; i++)
        {
            for (int j = 0; j < chunk.Length; j++)
            {
                chunk[j] = (byte)(position++ % 251);
            }

            NativeSlice slice = new(System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(chunk, 0), chunk.Length);
            (await body.WriteAsync(slice)).ShouldBeNull();
        }

        if (completes)
        {
            body.Finish(null);
        }
        else
        {
            body.Fail(ProxyErrors.OriginTruncated);
        }

        produced.SetResult();
    }
}
