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
    private HeaderFields? _trailers;
    private ProxyError? _refusal;
    private int _lent;

    public WindowReader(WindowBody body, Loop loop)
    {
        _body = body;
        Signal = new LoopSignal(loop);
    }

    public override BodyLength Length => _body.Length;

    // Its own: other loops read the body's, and what stands above takes fields away.
    public override HeaderFields? Trailers => _trailers ??= _body.Trailers?.Copy();

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
        _refusal ??= ProxyErrors.ClientAborted;
        _body.Close(this);
        Signal.Set();
    }

    internal void Refuse(ProxyError error) => _refusal = error;

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
        if (_refusal is not null)
        {
            read = BodyRead.Failed(_refusal);
            return true;
        }

        int givenBack = _lent;
        _lent = 0;
        bool isThere = _body.TryRead(this, givenBack, out read);
        _lent = read.Data.Length;
        return isThere;
    }
}
