using System.Threading.Channels;

namespace Weir.Upstream.Tests.Resolving;

/// <summary>Collects what a watch is told, for a test to await.</summary>
internal sealed class Changes<T>
{
    private readonly Channel<T> _channel = Channel.CreateUnbounded<T>();

    public int Unread => _channel.Reader.Count;

    public void Add(T change)
    {
        Thread.CurrentThread.IsThreadPoolThread.ShouldBeTrue();
        _channel.Writer.TryWrite(change).ShouldBeTrue();
    }

    public async Task<T> NextAsync() => await _channel.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
}
