using Weir.Net.Loops;

namespace Weir.Hosting;

/// <summary>
/// Asks loops whether they turn. A loop has at most one question in its mailbox: whoever asks meanwhile waits for the same answer. Any
/// thread; one lock.
/// </summary>
internal sealed class LoopPings
{
    private readonly Lock _lock = new();
    private readonly IReadOnlyList<Loop> _loops;
    private readonly Task[] _answers;

    public LoopPings(IReadOnlyList<Loop> loops)
    {
        _loops = loops;
        _answers = [.. loops.Select(_ => Task.CompletedTask)];
    }

    /// <summary>Completes when every loop has answered: never, while one is stuck.</summary>
    public Task AllAsync() => Task.WhenAll(Ask());

    /// <summary>The loops that have not answered within a time.</summary>
    public async Task<IReadOnlyList<int>> StuckAsync(TimeSpan deadline)
    {
        Task[] answers = Ask();
        try
        {
            await Task.WhenAll(answers).WaitAsync(deadline);
            return [];
        }
        catch (TimeoutException)
        {
            return [.. Enumerable.Range(0, answers.Length).Where(loop => !answers[loop].IsCompleted)];
        }
    }

    private Task[] Ask()
    {
        lock (_lock)
        {
            for (int i = 0; i < _answers.Length; i++)
            {
                if (_answers[i].IsCompleted)
                {
                    TaskCompletionSource answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    _answers[i] = answer.Task;
                    _loops[i].Post(static state => ((TaskCompletionSource)state!).SetResult(), answer);
                }
            }

            return [.. _answers];
        }
    }
}
