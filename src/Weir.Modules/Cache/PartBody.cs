using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Modules.Cache;

/// <summary>A part of content that arrives: what comes before it is passed over, what comes behind it is not waited for.</summary>
internal sealed class PartBody : BodyReader, IDisposable
{
    private readonly BodyReader _source;
    private long _skip;
    private long _left;
    private bool _isDone;

    /// <summary>A part, by its place in the source.</summary>
    public PartBody(BodyReader source, ByteRange part)
    {
        _source = source;
        _skip = part.Start;
        _left = part.Length;
    }

    public override BodyLength Length => BodyLength.Of(_left);

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public override async ValueTask<BodyRead> ReadAsync()
    {
        while (true)
        {
            BodyRead read = await _source.ReadAsync();
            if (read.Error is not null)
            {
                _isDone = true;
                return read;
            }

            NativeSlice data = read.Data;
            int skipped = (int)Math.Min(_skip, data.Length);
            _skip -= skipped;
            data = data.From(skipped);
            data = data.Take((int)Math.Min(data.Length, _left));
            _left -= data.Length;
            _isDone = read.IsEnd;
            if (_left == 0 || read.IsEnd)
            {
                return BodyRead.Last(data);
            }

            if (!data.IsEmpty)
            {
                return BodyRead.More(data);
            }
        }
    }

    public override void Cancel() => _source.Cancel();

    public void Dispose()
    {
        if (!_isDone)
        {
            _source.Cancel();
        }
    }
}
