using System.Text;

namespace Weir.Bench.Load;

/// <summary>Finds the end of one response with Content-Length. No other framing: the origins of these benches send none.</summary>
internal struct ResponseReader
{
    private const int HeadLimit = 8192;

    private byte[]? _head;
    private int _headLength;
    private long _left;
    private bool _isInBody;

    public int Status { get; private set; }

    public ReadOutcome Read(ReadOnlySpan<byte> octets)
    {
        if (_isInBody)
        {
            _left -= octets.Length;
            return Finish();
        }

        // The usual case: one read holds the whole head, and nothing is copied.
        ReadOnlySpan<byte> head = _headLength == 0 ? octets : Append(octets);
        if (head.IsEmpty)
        {
            return ReadOutcome.Broken;
        }

        int end = head.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return _headLength > 0 || !Append(octets).IsEmpty ? ReadOutcome.More : ReadOutcome.Broken;
        }

        if (!TryReadHead(head[..end]))
        {
            return ReadOutcome.Broken;
        }

        _left -= head.Length - end - 4;
        _isInBody = true;
        return Finish();
    }

    private ReadOutcome Finish()
    {
        if (_left > 0)
        {
            return ReadOutcome.More;
        }

        _isInBody = false;
        _headLength = 0;
        // More octets than one response has: an answer to a question that nobody asked.
        return _left < 0 ? ReadOutcome.Broken : ReadOutcome.Done;
    }

    private bool TryReadHead(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12 || !int.TryParse(head.Slice(9, 3), out int status))
        {
            return false;
        }

        Status = status;
        foreach (Range range in head.Split("\r\n"u8))
        {
            ReadOnlySpan<byte> line = head[range];
            if (line.Length > 15 && Ascii.EqualsIgnoreCase(line[..15], "content-length:"u8))
            {
                return long.TryParse(line[15..].Trim((byte)' '), out _left) && _left >= 0;
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> Append(ReadOnlySpan<byte> octets)
    {
        _head ??= new byte[HeadLimit];
        if (_headLength + octets.Length > HeadLimit)
        {
            return default;
        }

        octets.CopyTo(_head.AsSpan(_headLength));
        _headLength += octets.Length;
        return _head.AsSpan(0, _headLength);
    }
}
