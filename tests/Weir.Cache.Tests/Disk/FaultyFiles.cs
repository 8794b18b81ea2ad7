using Weir.Cache.Disk;

namespace Weir.Cache.Tests.Disk;

/// <summary>A real directory in which faults happen when a test says so.</summary>
internal sealed class FaultyFiles : IDiskFiles
{
    private readonly DiskFiles _files;
    private readonly ManualResetEventSlim _mayRead = new(true);
    private readonly ManualResetEventSlim _mayWrite = new(true);

    public FaultyFiles(string path) => _files = new DiskFiles(path);

    /// <summary>Thrown by writes and openings.</summary>
    public Exception? WriteFault { get; set; }

    /// <summary>Thrown by reads.</summary>
    public Exception? ReadFault { get; set; }

    /// <summary>Octets that may yet be written: what comes after is torn off, as at a crash.</summary>
    public long WritableOctets { get; set; } = long.MaxValue;

    /// <summary>The most that one read brings.</summary>
    public int MostRead { get; set; } = int.MaxValue;

    public int Opened { get; private set; }

    /// <summary>Thrown when what was written is to be waited for.</summary>
    public Exception? FlushFault { get; set; }

    /// <summary>Writes, cuts and flushes until now.</summary>
    public int Operations { get; private set; }

    /// <summary>The operation that fails, after half of its octets where it writes.</summary>
    public int FailAt { get; set; } = int.MaxValue;

    /// <summary>From this operation on nothing reaches the disk, and nobody is told.</summary>
    public int KillAt { get; set; } = int.MaxValue;

    public bool IsKilled => Operations > KillAt;

    public static IOException NoSpace => new("No space left on device", 28);

    public static IOException Broken => new("Input/output error", 5);

    public void HoldReads() => _mayRead.Reset();

    public void HoldWrites() => _mayWrite.Reset();

    public void GoOn()
    {
        _mayRead.Set();
        _mayWrite.Set();
    }

    /// <summary>Nothing reaches the disk any more.</summary>
    public void Crash() => WritableOctets = 0;

    public IReadOnlyList<string> Prepare()
    {
        Opened++;
        return WriteFault is { } fault ? throw fault : _files.Prepare();
    }

    public IDisposable? TryLock(string name) => _files.TryLock(name);

    public byte[]? ReadAll(string name, int mostOctets) => _files.ReadAll(name, mostOctets);

    public void Replace(string name, ReadOnlySpan<byte> octets) => _files.Replace(name, octets);

    public IDiskFile Open(string name, long octets) =>
        WriteFault is { } fault ? throw fault
        : WritableOctets <= 0 ? throw Broken
        : new FaultyFile(this, _files.Open(name, octets));

    public void Delete(string name)
    {
        if (WritableOctets > 0)
        {
            _files.Delete(name);
        }
    }

    private bool MayGoOn() => Operations++ < KillAt;

    private sealed class FaultyFile : IDiskFile
    {
        private readonly FaultyFiles _owner;
        private readonly IDiskFile _file;

        public FaultyFile(FaultyFiles owner, IDiskFile file)
        {
            _owner = owner;
            _file = file;
        }

        public int Read(Span<byte> octets, long at)
        {
            _owner._mayRead.Wait();
            return _owner.ReadFault is { } fault ? throw fault : _file.Read(octets[..Math.Min(octets.Length, _owner.MostRead)], at);
        }

        public void Write(ReadOnlySpan<byte> octets, long at)
        {
            _owner._mayWrite.Wait();
            if (_owner.WriteFault is { } fault)
            {
                throw fault;
            }

            bool fails = _owner.Operations == _owner.FailAt;
            if (!_owner.MayGoOn())
            {
                return;
            }

            if (fails)
            {
                _file.Write(octets[..(octets.Length / 2)], at);
                throw NoSpace;
            }

            int count = (int)Math.Min(octets.Length, _owner.WritableOctets);
            _owner.WritableOctets -= count;
            if (count > 0)
            {
                _file.Write(octets[..count], at);
            }
        }

        // Nothing is lost with the power here: what the disk has is not waited for.
        public void Flush()
        {
            bool fails = _owner.Operations == _owner.FailAt;
            if (_owner.MayGoOn() && (fails || _owner.FlushFault is not null))
            {
                throw _owner.FlushFault ?? Broken;
            }
        }

        public void Cut(long octets)
        {
            bool fails = _owner.Operations == _owner.FailAt;
            if (!_owner.MayGoOn())
            {
                return;
            }

            if (fails)
            {
                throw Broken;
            }

            _file.Cut(octets);
        }

        public void Dispose() => _file.Dispose();
    }
}
