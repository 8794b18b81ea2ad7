namespace Weir.Cache.Disk;

/// <content>What waits for the thread that writes, and what becomes of it when the tier is turned off.</content>
public sealed partial class DiskTier
{
    private const int MostQueued = 16_384;
    private const int MostPieces = 48;
    private const int MostFailedReads = 16;

    private readonly object _queueGate = new();
    private readonly Queue<WriteJob> _queue = new();
    private int _pieceCount;
    private bool _isClosing;
    private bool _isWorking;

    /// <summary>Waits until everything that was queued is written and looked through: for tests.</summary>
    internal bool WaitUntilIdle(TimeSpan most)
    {
        lock (_queueGate)
        {
            while (_queue.Count > 0 || _isWorking || State is DiskState.Opening or DiskState.Scanning)
            {
                if (!Monitor.Wait(_queueGate, most))
                {
                    return false;
                }
            }

            return true;
        }
    }

    internal LargeWrite.Piece? RentPiece(DiskVolume volume)
    {
        lock (_queueGate)
        {
            if (_pieceCount == MostPieces || !ReferenceEquals(_volume, volume))
            {
                Counts.Drop(_volume is null ? DiskDrop.Off : DiskDrop.TooSlow);
                return null;
            }

            _pieceCount++;
            return new LargeWrite.Piece(volume.RunBlocks);
        }
    }

    internal void ReturnPiece(LargeWrite.Piece piece)
    {
        lock (_queueGate)
        {
            _pieceCount--;
        }

        piece.Free();
    }

    internal bool WritePiece(LargeWrite large, LargeWrite.Piece piece) =>
        ReferenceEquals(_volume, large.Volume) && TryQueue(WriteJob.ToWrite(large, piece));

    private bool TryQueue(WriteJob job)
    {
        lock (_queueGate)
        {
            if (_isClosing || _volume is null || _queue.Count >= MostQueued)
            {
                return false;
            }

            Queue(job);
            return true;
        }
    }

    private void QueueAlways(WriteJob job)
    {
        lock (_queueGate)
        {
            if (!_isClosing)
            {
                Queue(job);
            }
        }
    }

    private void Queue(WriteJob job)
    {
        _queue.Enqueue(job);
        if (_queue.Count == 1)
        {
            Monitor.PulseAll(_queueGate);
        }
    }

    private void NoteFailedRead()
    {
        if (Interlocked.Increment(ref _failedReadsInRow) == MostFailedReads)
        {
            _mustTurnOff = true;
            lock (_queueGate)
            {
                Monitor.PulseAll(_queueGate);
            }
        }
    }

    // With the gate held.
    private void GiveUpQueued()
    {
        foreach (WriteJob job in _batch.Concat(_queue))
        {
            GiveUp(job);
        }

        _batch.Clear();
        _queue.Clear();
    }

    private void GiveUp(WriteJob job)
    {
        if (job.HidesOlder)
        {
            _owed.Add(job.Hash);
        }

        if (job.Piece is { } piece)
        {
            ReturnPiece(piece);
        }

        if (job.IsRecord)
        {
            Counts.Drop(DiskDrop.Off);
            Stamps.Expect(job.Stamp, -1);
        }

        job.Large?.Break();
        if (job.Piece is null)
        {
            job.Large?.Tell(false);
        }
    }
}
