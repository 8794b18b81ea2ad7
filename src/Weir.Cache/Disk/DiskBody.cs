using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Cache.Disk;

/// <summary>
/// A body, or a part of one, from the disk: in windows of four blocks, the next one being read while one is sent. Each block is checked
/// before its octets are lent; where one is not what was written the body ends with an error, and nobody finds it again.
/// </summary>
public sealed class DiskBody : BodyReader
{
    private const int WindowBlocks = 4;
    private const int RetryMs = 5;
    private const int MostRetries = 200;

    private readonly DiskObject _object;
    private readonly LoopServices _loop;
    private WindowJob _now = new(WindowBlocks);
    private WindowJob _next = new(WindowBlocks);
    private LoopAnswer<bool>? _pending;
    private LoopBuffer? _lent;
    private long _left;
    private long _unasked;
    private int _lentBlocks;
    private int _skip;
    private int _run;
    private int _block;
    private bool _isReading;
    private bool _isClosed;
    private bool _isReleased;

    /// <summary>Takes an opened object over, and gives a part of it, on one loop.</summary>
    public DiskBody(DiskObject from, LoopServices loop, long start, long length)
    {
        _object = from;
        _loop = loop;
        _left = length;
        while (_run < from.Runs.Length && start >= from.Runs[_run].Octets)
        {
            start -= from.Runs[_run++].Octets;
        }

        _block = (int)(start / DiskFormat.BlockContent);
        _skip = (int)(start % DiskFormat.BlockContent);
        _unasked = length + _skip;
    }

    /// <inheritdoc/>
    public override BodyLength Length => BodyLength.Of(_left);

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public override async ValueTask<BodyRead> ReadAsync()
    {
        ReturnLent();
        if (_left == 0)
        {
            return BodyRead.Last(default);
        }

        if (_lentBlocks == _now.Count && await TryTurnAsync() is { } error)
        {
            return BodyRead.Failed(error);
        }

        NativeSlice content = _now.ContentOf(_lentBlocks).From(_skip);
        _skip = 0;
        content = content.Take((int)Math.Min(content.Length, _left));
        _left -= content.Length;
        _lent = _now.TakeBuffer(_lentBlocks++);
        return _left == 0 ? BodyRead.Last(content) : BodyRead.More(content);
    }

    /// <summary>Nobody reads any more; what is being read is waited for beside.</summary>
    public void Close()
    {
        _isClosed = true;
        if (!_isReading && _pending is null)
        {
            ReleaseAll();
            return;
        }

        if (!_isReading)
        {
            _loop.Observe(CloseLaterAsync(_pending!));
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask CloseLaterAsync(LoopAnswer<bool> pending)
    {
        await pending.Task;
        ReleaseAll();
    }

    // The window that was read ahead becomes the one that is sent, and the one behind it is asked for.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> TryTurnAsync()
    {
        for (int tries = 0; _pending is null && !TryAsk(); tries++)
        {
            if (tries == MostRetries)
            {
                return ProxyErrors.MemoryExhausted;
            }

            _isReading = true;
            await _loop.DelayAsync(RetryMs);
            _isReading = false;
            if (_isClosed)
            {
                ReleaseAll();
                return ProxyErrors.ClientAborted;
            }
        }

        _isReading = true;
        bool isWhole = await _pending!.Task;
        _isReading = false;
        _pending = null;
        if (_isClosed)
        {
            ReleaseAll();
            return ProxyErrors.ClientAborted;
        }

        if (!isWhole)
        {
            return ProxyErrors.CacheBroken;
        }

        _now.Clear();
        (_now, _next) = (_next, _now);
        _lentBlocks = 0;
        TryAsk();
        return null;
    }

    // False: no buffer is free, or too many wait for the disk.
    private bool TryAsk()
    {
        int run = _run;
        int block = _block;
        long unasked = _unasked;
        while (_next.Count < WindowBlocks && unasked > 0 && run < _object.Runs.Length)
        {
            if (_loop.TryRentBuffer(DiskFormat.BlockOctets) is not { } buffer)
            {
                break;
            }

            _next.Add(_object.Runs[run], _object.Segments[run], block, buffer);
            unasked -= _object.Runs[run].ContentOf(block);
            if (++block == _object.Runs[run].BlockCount)
            {
                run++;
                block = 0;
            }
        }

        if (_next.Count == 0)
        {
            return false;
        }

        _pending = _next.Start(_object);
        if (_pending is null)
        {
            ReturnBuffers(_next);
            _next.Clear();
            return false;
        }

        (_run, _block, _unasked) = (run, block, unasked);
        return true;
    }

    private void ReleaseAll()
    {
        if (_isReleased)
        {
            return;
        }

        _isReleased = true;
        ReturnLent();
        ReturnBuffers(_now);
        ReturnBuffers(_next);
        _object.Release();
    }

    private void ReturnLent()
    {
        if (_lent is { } lent)
        {
            _lent = null;
            _loop.ReturnBuffer(lent);
        }
    }

    private void ReturnBuffers(WindowJob window)
    {
        for (int i = 0; i < window.Count; i++)
        {
            if (window.TakeBuffer(i) is { } buffer)
            {
                _loop.ReturnBuffer(buffer);
            }
        }
    }
}
