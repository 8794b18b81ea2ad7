// Hot: every octet that gzip made passes it.
using System.Buffers;

namespace Weir.Codings.Compression;

/// <summary>Where a stream writes, and from where that is taken in the order it came.</summary>
internal sealed class Outlet : Stream
{
    private byte[] _octets = [];
    private int _start;
    private int _end;

    /// <summary>Whether all of it was taken.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>Whether what comes is thrown away.</summary>
    public bool IsClosed { get; set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes what fits.</summary>
    public int MoveTo(Span<byte> destination)
    {
        int count = Math.Min(_end - _start, destination.Length);
        _octets.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        if (_start == _end)
        {
            _start = 0;
            _end = 0;
        }

        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsClosed)
        {
            return;
        }

        if (_octets.Length - _end < buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_end - _start + buffer.Length);
            _octets.AsSpan(_start, _end - _start).CopyTo(larger);
            GiveBack();
            _octets = larger;
            _end -= _start;
            _start = 0;
        }

        buffer.CopyTo(_octets.AsSpan(_end));
        _end += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        GiveBack();
        _octets = [];
        _start = 0;
        _end = 0;
        base.Dispose(disposing);
    }

    private void GiveBack()
    {
        if (_octets.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_octets);
        }
    }
}
