using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;

namespace Weir.Abstractions.Tests.Async;

public sealed class LoopMethodBuilderTests
{
    private const int InFlight = 256;

    [Fact]
    public void A_method_that_does_not_suspend_completes_at_once()
    {
        ValueTask<int> task = AddAsync(null, 40, 2);
        task.IsCompletedSuccessfully.ShouldBeTrue();
        task.Result.ShouldBe(42);
        NoteAsync(null, []).IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void A_suspended_method_returns_its_result()
    {
        ManualSource source = new();
        ValueTask<int> task = AddAsync(source, 40, 0);
        task.IsCompleted.ShouldBeFalse();
        source.Complete(2);
        task.IsCompletedSuccessfully.ShouldBeTrue();
        task.Result.ShouldBe(42);
    }

    [Fact]
    public void A_method_without_a_result_suspends_and_ends()
    {
        ManualSource source = new();
        List<int> notes = [];
        ValueTask task = NoteAsync(source, notes);
        task.IsCompleted.ShouldBeFalse();
        source.Complete(7);
        task.IsCompletedSuccessfully.ShouldBeTrue();
        task.GetAwaiter().GetResult();
        notes.ShouldBe([7]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_exception_before_or_after_suspension_reaches_who_awaits(bool suspends)
    {
        ManualSource source = new();
        ValueTask<string> task = ThrowAsync(suspends ? source : null);
        if (suspends)
        {
            task.IsCompleted.ShouldBeFalse();
            source.Complete(1);
        }

        task.IsFaulted.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => task.Result).Message.ShouldBe(suspends ? "after 1" : "before");

        // The frame is fit for another call.
        ManualSource next = new();
        ValueTask<string> other = ThrowAsync(next);
        next.Complete(5);
        Should.Throw<InvalidOperationException>(() => other.Result).Message.ShouldBe("after 5");
    }

    [Fact]
    public void Nested_methods_suspend_and_resume_through_every_level()
    {
        ManualSource source = new();
        ValueTask<int> task = NestAsync(source, 20);
        task.IsCompleted.ShouldBeFalse();
        source.Complete(1);
        task.Result.ShouldBe(21);
    }

    [Fact]
    public void A_method_may_suspend_many_times_in_one_frame()
    {
        ManualSource source = new();
        ValueTask<int> task = SumAsync(source, 100);
        for (int i = 0; i < 100; i++)
        {
            task.IsCompleted.ShouldBeFalse();
            source.Complete(i);
        }

        task.Result.ShouldBe(4950);
    }

    [Fact]
    public void Results_of_reference_and_struct_types_pass()
    {
        ManualSource source = new();
        ValueTask<string> text = TextAsync(source);
        source.Complete(3);
        text.Result.ShouldBe("3");
        ValueTask<(long, byte)> pair = PairAsync(source);
        source.Complete(4);
        pair.Result.ShouldBe((4L, (byte)4));
    }

    [Fact]
    public void A_task_can_be_awaited_by_an_ordinary_method()
    {
        ManualSource source = new();
        Task<int> task = AddAsync(source, 1, 0).AsTask();
        source.Complete(2);
        task.IsCompletedSuccessfully.ShouldBeTrue();
        task.Result.ShouldBe(3);
    }

    [Fact]
    public void Frames_of_many_calls_in_flight_are_not_mixed_up()
    {
        ManualSource[] sources = [.. Enumerable.Range(0, InFlight).Select(_ => new ManualSource())];
        ValueTask<int>[] tasks = new ValueTask<int>[InFlight];
        Random random = new(5);
        for (int round = 0; round < 50; round++)
        {
            for (int i = 0; i < InFlight; i++)
            {
                tasks[i] = NestAsync(sources[i], i * 1000);
            }

            int[] order = [.. Enumerable.Range(0, InFlight)];
            random.Shuffle(order);
            foreach (int i in order)
            {
                sources[i].Complete(round);
                tasks[i].Result.ShouldBe((i * 1000) + round);
            }
        }
    }

    [Fact]
    public void Suspended_calls_allocate_nothing_once_warm_with_256_in_flight()
    {
        ManualSource[] sources = [.. Enumerable.Range(0, InFlight).Select(_ => new ManualSource())];
        ValueTask<int>[] tasks = new ValueTask<int>[InFlight];
        long allocated = -1;
        for (int round = 0; round < 50; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < InFlight; i++)
            {
                tasks[i] = NestAsync(sources[i], i);
            }

            int sum = 0;
            for (int i = 0; i < InFlight; i++)
            {
                sources[i].Complete(1);
                sum += tasks[i].Result;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            sum.ShouldBe((InFlight * (InFlight - 1) / 2) + InFlight);
        }

        allocated.ShouldBe(0);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<int> AddAsync(ManualSource? source, int first, int second) =>
        first + (source is null ? second : await source.WaitAsync());

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<int> NestAsync(ManualSource source, int value)
    {
        int result = await AddAsync(source, value, 0);
        return await AddAsync(null, result, 0);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<int> SumAsync(ManualSource source, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += await source.WaitAsync();
        }

        return sum;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<string> ThrowAsync(ManualSource? source)
    {
        if (source is null)
        {
            throw new InvalidOperationException("before");
        }

        throw new InvalidOperationException("after " + await source.WaitAsync());
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<string> TextAsync(ManualSource source) =>
        (await source.WaitAsync()).ToString(System.Globalization.CultureInfo.InvariantCulture);

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<(long, byte)> PairAsync(ManualSource source)
    {
        int value = await source.WaitAsync();
        return (value, (byte)value);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private static async ValueTask NoteAsync(ManualSource? source, List<int> notes)
    {
        if (source is not null)
        {
            notes.Add(await source.WaitAsync());
        }
    }
}
