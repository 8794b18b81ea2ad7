namespace Weir.Cache.Tests.Purging;

/// <summary>A clock whose one timer goes off when a test says so.</summary>
internal sealed class TimerTime : TimeProvider
{
    private Action _timer = () => { };

    public void Fire() => _timer();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _timer = () => callback(state);
        return new Stopped();
    }

    private sealed class Stopped : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
