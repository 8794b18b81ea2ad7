using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Cache.Collapsing;

/// <summary>One reader of a body that arrives, on its own loop. It is lent memory where the octets lie; the next read gives it back.</summary>
internal sealed class ArrivingReader : BodyReader
{
    private readonly ArrivingBody _body;
    private ProxyError? _refusal;
    private int _lent;

    public ArrivingReader(ArrivingBody body, LoopServices loop)
    {
        _body = body;
        Wake = new LoopWake(loop);
    }

    public override BodyLength Length => _body.Length;

    public override HeaderFields? Trailers => _body.Trailers;

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
        _lent = 0;
        _refusal ??= ProxyErrors.ClientAborted;
        _body.Close(this);
        Wake.Set();
    }

    internal void Refuse(ProxyError error) => _refusal = error;

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
