using System.Collections.Concurrent;

namespace Weir.Modules.Tests.Testing;

/// <summary>Runs what waits as a loop does, on one thread: the frames of modules may not be completed by another.</summary>
internal sealed class OneThread : SynchronizationContext
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];

    public static T Run<T>(Func<ValueTask<T>> step)
    {
        SynchronizationContext? before = Current;
        OneThread here = new();
        SetSynchronizationContext(here);
        try
        {
            Task<T> task = WaitAsync(step());
            while (!task.IsCompleted)
            {
                here._queue.TryTake(out (SendOrPostCallback Callback, object? State) next, _patience)
                    .ShouldBeTrue("Nothing happens any more.");
                next.Callback(next.State);
            }

            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

    private static async Task<T> WaitAsync<T>(ValueTask<T> task) => await task;
}
