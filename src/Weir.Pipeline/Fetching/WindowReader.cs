using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Net.Loops;

namespace Weir.Pipeline.Fetching;

/// <summary>One reader of a fetch's body, on its own loop. It lends the window's memory; the next read gives it back.</summary>
internal sealed class WindowReader : BodyReader
{
    private readonly WindowBody _body;

    // One for both, because each fetch makes a reader: why it reads no more, or the trailers that came behind the end.
    private object? _outcome;
    private int _lent;

    public WindowReader(WindowBody body, Loop loop)
    {
        _body = body;
        Signal = new LoopSignal(loop);
    }

    public override BodyLength Length => _body.Length;

    // Its own: other loops read the body's, and what stands above takes fields away.
    public override HeaderFields? Trailers => (_outcome ??= _body.Trailers?.Copy()) as HeaderFields;

    /// <summary>Wakes a waiting read.</summary>
    internal LoopSignal Signal { get; }

    /// <summary>How far it has read and given back; guarded by the body's lock.</summary>
    internal long Offset { get; set; }

    /// <summary>Whether it waits for octets; guarded by the body's lock.</summary>
    internal bool IsParked { get; set; }

    public override ValueTask<BodyRead> ReadAsync() => TryRead(out BodyRead read) ? new(read) : ReadSlowAsync();

    /// <summary>Ends a waiting read with an error and gives up the rest; the window no longer waits for this reader.</summary>
    public override void Cancel()
    {
        _lent = 0;
        Refuse(ProxyErrors.ClientAborted);
        _body.Close(this);
        Signal.Set();
    }

    /// <summary>Reads no more; the first reason counts.</summary>
    internal void Refuse(ProxyError error) => _outcome = _outcome as ProxyError ?? error;

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<BodyRead> ReadSlowAsync()
    {
        while (true)
        {
            await Signal.WaitAsync();
            if (TryRead(out BodyRead read))
            {
                return read;
            }
        }
    }

    private bool TryRead(out BodyRead read)
    {
        if (_outcome is ProxyError refusal)
        {
            read = BodyRead.Failed(refusal);
            return true;
        }

        int givenBack = _lent;
        _lent = 0;
        bool isThere = _body.TryRead(this, givenBack, out read);
        _lent = read.Data.Length;
        return isThere;
    }
}
