using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Stores;

namespace Weir.Cache.Collapsing;

/// <summary>
/// One reader of a body that arrives, on its own loop. It is lent memory where the octets lie; the next read gives it back.
/// </summary>
internal sealed class ArrivingReader : BodyReader, IDisposable
{
    private readonly ArrivingBody _body;
    private readonly SynchronizationContext? _loop = SynchronizationContext.Current;
    private int _cutPieces;

    // One for both, because each miss makes a reader: why it reads no more, or the trailers that came behind the end.
    private object? _outcome;
    private int _lent;

    public ArrivingReader(ArrivingBody body, LoopServices loop)
    {
        _body = body;
        Wake = new LoopWake(loop);
    }

    public override BodyLength Length => _body.Length;

    // Its own: other loops read the body's, and what stands above takes fields away.
    public override HeaderFields? Trailers => (_outcome ??= _body.Trailers?.Copy()) as HeaderFields;

    /// <summary>The exchange that it reads for, until that is over.</summary>
    internal Exchange? Exchange { get; set; }

    /// <summary>Wakes a waiting read.</summary>
    internal LoopWake Wake { get; }

    /// <summary>How far it has read and given back; guarded by the body's lock.</summary>
    internal long Offset { get; set; }

    /// <summary>Whether it waits for octets; guarded by the body's lock.</summary>
    internal bool IsParked { get; set; }

    public override ValueTask<BodyRead> ReadAsync() => TryRead(out BodyRead read) ? new(read) : ReadSlowAsync();

    /// <summary>Ends a waiting read with an error and gives up the rest.</summary>
    public override void Cancel()
    {
        Exchange = null;
        _lent = 0;
        Refuse(ProxyErrors.ClientAborted);
        _body.Close(this);
        Wake.Set();
    }

    /// <summary>The exchange is over.</summary>
    public void Dispose()
    {
        Exchange = null;
        _lent = 0;
        _body.Close(this);
    }

    /// <summary>Reads no more; the first reason counts.</summary>
    internal void Refuse(ProxyError error) => _outcome = _outcome as ProxyError ?? error;

    /// <summary>Cuts its client off, on its loop; from any thread.</summary>
    internal void CutLater(int pieces)
    {
        _cutPieces = pieces;
        _loop?.Post(static state => ((ArrivingReader)state!).Cut(), this);
    }

    private void Cut()
    {
        Refuse(ProxyErrors.CacheCrowded);
        if (Exchange is { } exchange)
        {
            StoreReader.CutOff(exchange, _cutPieces);
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<BodyRead> ReadSlowAsync()
    {
        while (true)
        {
            await Wake.WaitAsync();
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
        Exchange = read.IsEnd || read.Error is not null ? null : Exchange;
        return isThere;
    }
}
