using System.Collections.Concurrent;

namespace Weir.Cache.Tests.Disk;

/// <summary>Runs a test as a loop does: what it awaits comes back to one thread.</summary>
internal sealed class LoopRunner : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

    public static void Run(Func<Task> test)
    {
        SynchronizationContext? outer = Current;
        LoopRunner runner = new();
        SetSynchronizationContext(runner);
        try
        {
            Task task = test();
            while (!task.IsCompleted)
            {
                runner._posted.TryTake(out (SendOrPostCallback Callback, object? State) posted, TimeSpan.FromSeconds(30)).ShouldBeTrue("nothing happens");
                posted.Callback(posted.State);
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));
}
