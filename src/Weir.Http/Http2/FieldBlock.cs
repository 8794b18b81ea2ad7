namespace Weir.Http.Http2;

/// <summary>
/// Gathers a field block that comes in several frames (RFC 9113 section 4.3). Both its octets and its frames are bounded: frames without
/// octets cost too.
/// </summary>
public sealed class FieldBlock
{
    private const int MostContinuations = 32;

    private byte[] _octets = [];
    private int _continuations;

    /// <summary>Whether a block has begun and not ended: then only its CONTINUATION may follow.</summary>
    public bool IsOpen => StreamId != 0;

    /// <summary>The stream whose block is open, or 0.</summary>
    public int StreamId { get; private set; }

    /// <summary>Whether the HEADERS frame ended the stream.</summary>
    public bool EndsStream { get; private set; }

    /// <summary>What is there so far.</summary>
    public ReadOnlySpan<byte> Octets => _octets.AsSpan(0, Count);

    /// <summary>How many octets are there.</summary>
    public int Count { get; private set; }

    /// <summary>Begins with the piece of a HEADERS frame that does not end its block. False: too large.</summary>
    public bool Begin(int streamId, bool endsStream, ReadOnlySpan<byte> piece, int maxOctets)
    {
        StreamId = streamId;
        EndsStream = endsStream;
        Count = 0;
        _continuations = 0;
        return Add(piece, maxOctets);
    }

    /// <summary>Adds the piece of a CONTINUATION. False: too large, or too many pieces.</summary>
    public bool Continue(ReadOnlySpan<byte> piece, int maxOctets) => ++_continuations <= MostContinuations && Add(piece, maxOctets);

    /// <summary>Forgets the block; its memory is given up, because nearly all blocks come in one frame.</summary>
    public void End()
    {
        StreamId = 0;
        Count = 0;
        _octets = [];
    }

    private bool Add(ReadOnlySpan<byte> piece, int maxOctets)
    {
        int count = Count + piece.Length;
        if (count > maxOctets)
        {
            return false;
        }

        if (count > _octets.Length)
        {
            Array.Resize(ref _octets, Math.Min(Math.Max(count * 2, 1024), maxOctets));
        }

        piece.CopyTo(_octets.AsSpan(Count));
        Count = count;
        return true;
    }
}
