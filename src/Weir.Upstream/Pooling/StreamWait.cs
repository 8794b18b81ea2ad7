using Weir.Abstractions.Errors;
using Weir.Net.Time;

namespace Weir.Upstream.Pooling;

/// <summary>One who waits for a stream of a server that speaks HTTP/2: given one by its loop, or over by its timer.</summary>
internal sealed class StreamWait : LoopTimer
{
    private readonly TaskCompletionSource<OriginLease> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamWait(bool mustBeFresh, bool isTunnel)
    {
        MustBeFresh = mustBeFresh;
        IsTunnel = isTunnel;
    }

    /// <summary>Whether only a connection will do that is proved open.</summary>
    public bool MustBeFresh { get; }

    /// <summary>Whether the stream is to become a tunnel.</summary>
    public bool IsTunnel { get; }

    /// <summary>A stream, an error, or neither: a connection of HTTP/1.1 is wanted.</summary>
    public Task<OriginLease> Granted => _source.Task;

    /// <summary>Whether it has its answer: then nothing may be taken for it.</summary>
    public bool IsOver { get; private set; }

    public void Grant(in OriginLease lease)
    {
        IsOver = true;
        _source.TrySetResult(lease);
    }

    protected override void OnDue() => Grant(new OriginLease(ProxyErrors.QueueTimeout));

    protected override void OnReady()
    {
        // It is never put on the ready list: the task brings its waiter back to the loop.
    }
}
