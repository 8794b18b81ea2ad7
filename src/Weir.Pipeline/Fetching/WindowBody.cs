using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Net.Loops;

namespace Weir.Pipeline.Fetching;

/// <summary>
/// The body of a fetch: a window that one producer fills on its loop while any number of readers, on any loop, follow. Shared by
/// threads: everything but the blocks' octets is guarded by one lock, held for a few steps and never while waiting or calling out.
/// </summary>
/// <remarks>
/// Nothing is dropped before every open reader is past it, so the slowest one sets the pace once the window is full. Without an open
/// reader the window is kept whole for the first. A failure reaches a reader behind what was kept, as an error.
/// </remarks>
internal sealed class WindowBody : FollowedBody
{
    // A lack of memory has no event: the producer looks again after this time.
    private const int StarvedRetryMs = 20;

    // With less than the largest block the producer could wait for room that no reader can make.
    private const int MinWindowOctets = Loop.LargeBufferOctets;

    private readonly Lock _gate = new();
    private readonly Loop _loop;
    private readonly int _windowOctets;
    private readonly FollowedBlocks _blocks;
    private readonly LoopSignal _room;
    private readonly List<WindowReader> _readers = [];
    private Action<ProxyError>? _cancel;
    private HeaderFields? _trailers;
    private ProxyError? _error;
    private bool _isFinished;
    private bool _isReleased;
    private bool _isProducerWaiting;

    /// <summary>A body that is filled on that loop. When nobody wants it any more, the fetch is cancelled there.</summary>
    public WindowBody(Loop loop, int windowOctets, Action<ProxyError> cancel)
    {
        _loop = loop;
        _windowOctets = Math.Max(windowOctets, MinWindowOctets);
        _blocks = new FollowedBlocks(loop);
        _room = new LoopSignal(loop);
        _cancel = cancel;
    }

    /// <summary>What readers are told of the length.</summary>
    public BodyLength Length { get; set; } = BodyLength.Unknown;

    /// <summary>The trailer fields, once the body ended.</summary>
    public HeaderFields? Trailers => _trailers;

    /// <inheritdoc/>
    public override bool IsWhole
    {
        get
        {
            lock (_gate)
            {
                return _blocks.Start == 0 && !_isReleased;
            }
        }
    }

    private bool IsUnwanted => _readers.Count == 0 && (_isReleased || _error is not null);

    /// <inheritdoc/>
    public override BodyReader OpenReader(LoopServices loop)
    {
        WindowReader reader = new(this, (Loop)loop);
        lock (_gate)
        {
            if (_isReleased || _blocks.Start > 0)
            {
                // The beginning is gone: what is left would be taken for the whole.
                reader.Refuse(_error ?? ProxyErrors.Internal);
            }
            else
            {
                _readers.Add(reader);
            }
        }

        return reader;
    }

    /// <inheritdoc/>
    public override void Release()
    {
        lock (_gate)
        {
            _isReleased = true;
            Settle();
        }
    }

    /// <summary>Copies octets into the window; completes when all are there. Called on the producer's loop.</summary>
    public ValueTask<ProxyError?> WriteAsync(NativeSlice octets)
    {
        int copied = Append(octets, out ProxyError? error, out bool isStarved);
        return error is not null || copied == octets.Length ? new(error) : WriteSlowAsync(octets.From(copied), isStarved);
    }

    /// <summary>The body is complete. Called on the producer's loop.</summary>
    public void Finish(HeaderFields? trailers)
    {
        if (trailers is { Count: > 0 })
        {
            _trailers = trailers.Copy();
        }

        End(null);
    }

    /// <summary>The body breaks off. Called on the producer's loop; harmless after an end.</summary>
    public void Fail(ProxyError error) => End(error);

    /// <summary>
    /// What a reader at an offset gets; false: nothing yet, it will be woken. <paramref name="givenBack"/> octets are no longer lent.
    /// </summary>
    internal bool TryRead(WindowReader reader, int givenBack, out BodyRead read)
    {
        lock (_gate)
        {
            reader.Offset += givenBack;
            if (givenBack > 0)
            {
                WakeProducer();
            }

            NativeSlice slice = _blocks.SliceAt(reader.Offset);
            if (!slice.IsEmpty)
            {
                read = BodyRead.More(slice);
                return true;
            }

            if (!_isFinished && _error is null)
            {
                read = default;
                reader.IsParked = true;
                return false;
            }

            // The end comes alone, so that the last octets are known to be given back.
            read = _error is null ? BodyRead.Last(default) : BodyRead.Failed(_error);
            Remove(reader);
            return true;
        }
    }

    internal void Close(WindowReader reader)
    {
        lock (_gate)
        {
            Remove(reader);
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> WriteSlowAsync(NativeSlice octets, bool isStarved)
    {
        while (true)
        {
            if (isStarved)
            {
                await _loop.DelayAsync(StarvedRetryMs);
            }
            else
            {
                await _room.WaitAsync();
            }

            int copied = Append(octets, out ProxyError? error, out isStarved);
            octets = octets.From(copied);
            if (error is not null || octets.IsEmpty)
            {
                return error;
            }
        }
    }

    private int Append(NativeSlice octets, out ProxyError? error, out bool isStarved)
    {
        lock (_gate)
        {
            error = _error;
            isStarved = false;
            if (error is not null)
            {
                return octets.Length;
            }

            DropPassed();
            long room = _windowOctets - (_blocks.End - _blocks.Start);
            int copied = _blocks.Append(octets.Span, room);
            isStarved = copied < Math.Min(octets.Length, room);
            _isProducerWaiting = !isStarved && copied < octets.Length;
            if (copied > 0)
            {
                WakeReaders();
            }

            return copied;
        }
    }

    private void End(ProxyError? error)
    {
        lock (_gate)
        {
            if (_isFinished || _error is not null)
            {
                return;
            }

            _isFinished = error is null;
            _error = error;
            _cancel = null;
            WakeReaders();
            WakeProducer();
            Settle();
        }
    }

    private void WakeProducer()
    {
        if (_isProducerWaiting)
        {
            _isProducerWaiting = false;
            _room.Set();
        }
    }

    private void WakeReaders()
    {
        foreach (WindowReader reader in _readers)
        {
            if (reader.IsParked)
            {
                reader.IsParked = false;
                reader.Signal.Set();
            }
        }
    }

    // Only when the window is full, so that late readers find it whole as long as possible. With the lock held, on the producer's loop.
    private void DropPassed()
    {
        if (_readers.Count == 0 || (!_isReleased && _blocks.End - _blocks.Start < _windowOctets))
        {
            return;
        }

        long passed = long.MaxValue;
        foreach (WindowReader reader in _readers)
        {
            passed = Math.Min(passed, reader.Offset);
        }

        _blocks.DropBelow(passed);
    }

    private void Remove(WindowReader reader)
    {
        if (_readers.Remove(reader))
        {
            WakeProducer();
            Settle();
        }
    }

    // With the lock held: what nobody can read any more goes, and so does a fetch that nobody follows.
    private void Settle()
    {
        if (!IsUnwanted)
        {
            return;
        }

        if (_loop.IsCurrent && _cancel is null)
        {
            _blocks.DropBelow(long.MaxValue);
            return;
        }

        _loop.Post(static state => ((WindowBody)state!).Abandon(), this);
    }

    private void Abandon()
    {
        Action<ProxyError>? cancel;
        lock (_gate)
        {
            if (!IsUnwanted)
            {
                return;
            }

            cancel = _cancel;
            _cancel = null;
            _blocks.DropBelow(long.MaxValue);
        }

        cancel?.Invoke(ProxyErrors.ClientAborted);
    }
}
