// Hot: runs for every chunk of every chunked body.
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Http.Http1;

/// <summary>
/// Reads the chunked transfer coding (RFC 9112 section 7.1), resumable at every octet. Line ends are CRLF and nothing else; a chunk
/// size is hexadecimal digits and nothing else; extensions are checked, bounded and forgotten.
/// </summary>
/// <remarks>
/// A mutable struct without allocation: keep it in a field and call <see cref="Reset(in ChunkLimits)"/> before each body.
/// </remarks>
public struct ChunkedDecoder
{
    // 60 bits: no overflow is possible, and leading zeros count.
    private const int MostSizeDigits = 15;

    // What a chunk may cost beside its content before it counts as overhead: the size, two CRLF, a short extension.
    private const int FreeOctetsPerChunk = 16;

    private ChunkLimits _limits;
    private long _remaining;
    private long _overhead;
    private int _lineOctets;
    private int _digits;
    private State _state;
    private RejectReason _fault;

    private enum State : byte
    {
        Size,
        ExtensionBeforeSemicolon,
        ExtensionBeforeName,
        ExtensionName,
        ExtensionAfterName,
        ExtensionBeforeValue,
        ExtensionToken,
        ExtensionQuoted,
        ExtensionEscaped,
        ExtensionQuoteEnd,
        ExtensionAfterValue,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        Trailer,
        End,
        Broken,
    }

    /// <summary>Whether the body was read to its end.</summary>
    public readonly bool IsComplete => _state == State.End;

    /// <summary>Makes it ready for a new body.</summary>
    public void Reset(in ChunkLimits limits)
    {
        _limits = limits;
        _remaining = 0;
        _overhead = 0;
        _lineOctets = 0;
        _digits = 0;
        _state = State.Size;
        _fault = RejectReason.None;
    }

    /// <summary>Makes it ready for a new body, with the default bounds.</summary>
    public void Reset() => Reset(ChunkLimits.Default);

    /// <summary>
    /// Reads on. Call again with what was not consumed, and more when it says so; the trailer section is consumed as a whole, so the
    /// caller's buffer must be able to hold <see cref="ChunkLimits.TrailerOctets"/>.
    /// </summary>
    /// <param name="input">Octets received and not consumed.</param>
    /// <param name="trailers">
    /// Where trailer fields go, but for those that <see cref="Trailers.IsForbidden"/> names; null drops all of them.
    /// </param>
    /// <param name="dataOffset">Where the slice of content begins in the input.</param>
    /// <param name="dataLength">Its octets; above 0 exactly for <see cref="ChunkStatus.Data"/>.</param>
    /// <param name="consumed">Octets of the input that are done with, the slice included.</param>
    /// <param name="reason">Why it is rejected.</param>
    public ChunkStatus Decode(
        ReadOnlySpan<byte> input, HeaderFields? trailers, out int dataOffset, out int dataLength, out int consumed, out RejectReason reason)
    {
        dataOffset = 0;
        dataLength = 0;
        reason = _fault;
        int at = 0;
        while (at < input.Length)
        {
            if (_state == State.Data)
            {
                int available = input.Length - at;
                dataOffset = at;
                dataLength = (int)Math.Min(_remaining, available);
                _remaining -= dataLength;
                consumed = at + dataLength;
                if (_remaining == 0)
                {
                    _state = State.DataCarriageReturn;
                    consumed += TakeDataEnd(input[consumed..]);
                }

                return ChunkStatus.Data;
            }

            if (_state >= State.Trailer)
            {
                break;
            }

            reason = Step(input[at]);
            if (reason != RejectReason.None)
            {
                _state = State.Broken;
                _fault = reason;
                consumed = at;
                return ChunkStatus.Rejected;
            }

            at++;
        }

        consumed = at;
        return _state switch
        {
            State.Trailer => ReadTrailer(input[at..], trailers, ref consumed, out reason),
            State.End => ChunkStatus.End,
            State.Broken => ChunkStatus.Rejected,
            _ => ChunkStatus.NeedMore,
        };
    }

    // The CRLF behind a chunk's content where it is there already: it saves the caller a call that brings nothing. A wrong one is
    // left for the next call to refuse.
    private int TakeDataEnd(ReadOnlySpan<byte> rest)
    {
        if (!rest.StartsWith("\r\n"u8))
        {
            return 0;
        }

        BeginSize();
        return 2;
    }

    private void BeginSize()
    {
        _lineOctets = 0;
        _digits = 0;
        _state = State.Size;
    }

    private RejectReason Step(byte octet)
    {
        switch (_state)
        {
            case State.Size:
                return StepSize(octet);
            case State.SizeLineFeed:
                return octet == (byte)'\n' ? EndSizeLine() : RejectReason.BareCarriageReturn;
            case State.DataCarriageReturn:
                _state = State.DataLineFeed;
                return octet == (byte)'\r' ? RejectReason.None : RejectReason.BadChunkEnd;
            case State.DataLineFeed:
                BeginSize();
                return octet == (byte)'\n' ? RejectReason.None : RejectReason.BadChunkEnd;
            default:
                return StepExtension(octet);
        }
    }

    private RejectReason StepSize(byte octet)
    {
        int digit = Hex.ValueOf(octet);
        if (digit >= 0)
        {
            _remaining = (_remaining << 4) | (long)digit;
            _lineOctets++;
            return ++_digits > MostSizeDigits ? RejectReason.ChunkSizeTooLarge : RejectReason.None;
        }

        if (_digits == 0)
        {
            return octet == (byte)'\n' ? RejectReason.BareLineFeed : RejectReason.BadChunkSize;
        }

        switch (octet)
        {
            case (byte)'\r':
                _state = State.SizeLineFeed;
                return RejectReason.None;
            case (byte)';':
                _state = State.ExtensionBeforeName;
                return CountExtension();
            case (byte)' ' or (byte)'\t':
                _state = State.ExtensionBeforeSemicolon;
                return CountExtension();
            case (byte)'\n':
                return RejectReason.BareLineFeed;
            default:
                return RejectReason.BadChunkSize;
        }
    }

    // RFC 9112 section 7.1.1: chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ). White space that neither ";" nor
    // "=" follows is no extension: readers that trim lines and readers that do not would differ.
    private RejectReason StepExtension(byte octet)
    {
        if (octet == (byte)'\n')
        {
            return RejectReason.BareLineFeed;
        }

        bool isSpace = octet is (byte)' ' or (byte)'\t';
        bool isToken = FieldSyntax.TokenOctets.Contains(octet);
        State next = (_state, octet) switch
        {
            (State.ExtensionQuoted, (byte)'"') => State.ExtensionQuoteEnd,
            (State.ExtensionQuoted, (byte)'\\') => State.ExtensionEscaped,
            (State.ExtensionQuoted or State.ExtensionEscaped, _) => IsText(octet) ? State.ExtensionQuoted : State.Broken,
            (State.ExtensionName or State.ExtensionToken or State.ExtensionQuoteEnd, (byte)'\r') => State.SizeLineFeed,
            (State.ExtensionName or State.ExtensionAfterName, (byte)';') => State.ExtensionBeforeName,
            (State.ExtensionToken or State.ExtensionQuoteEnd or State.ExtensionAfterValue, (byte)';') => State.ExtensionBeforeName,
            (State.ExtensionBeforeSemicolon, (byte)';') => State.ExtensionBeforeName,
            (State.ExtensionName or State.ExtensionAfterName, (byte)'=') => State.ExtensionBeforeValue,
            (State.ExtensionBeforeValue, (byte)'"') => State.ExtensionQuoted,
            (State.ExtensionBeforeName or State.ExtensionName, _) when isToken => State.ExtensionName,
            (State.ExtensionBeforeValue or State.ExtensionToken, _) when isToken => State.ExtensionToken,
            (State.ExtensionName, _) when isSpace => State.ExtensionAfterName,
            (State.ExtensionToken or State.ExtensionQuoteEnd, _) when isSpace => State.ExtensionAfterValue,
            (State.ExtensionBeforeSemicolon or State.ExtensionBeforeName or State.ExtensionAfterName, _) when isSpace => _state,
            (State.ExtensionBeforeValue or State.ExtensionAfterValue, _) when isSpace => _state,
            _ => State.Broken,
        };
        _state = next;
        return next switch
        {
            State.Broken => RejectReason.BadChunkExtension,
            State.SizeLineFeed => RejectReason.None,
            _ => CountExtension(),
        };
    }

    private static bool IsText(byte octet) => (octet >= 0x20 && octet != 0x7F) || octet == (byte)'\t';

    private RejectReason CountExtension() =>
        ++_lineOctets - _digits > _limits.ExtensionOctets ? RejectReason.ChunkExtensionsTooLarge : RejectReason.None;

    private RejectReason EndSizeLine()
    {
        if (_remaining == 0)
        {
            _state = State.Trailer;
            return RejectReason.None;
        }

        // Many tiny chunks with extensions cost work that brings nothing: what a line has beyond its share is summed up, and content
        // pays it off.
        _overhead = Math.Max(0, _overhead + _lineOctets - FreeOctetsPerChunk - _remaining);
        _state = State.Data;
        return _overhead > _limits.ExtensionOctets ? RejectReason.ChunkExtensionsTooLarge : RejectReason.None;
    }

    private ChunkStatus ReadTrailer(ReadOnlySpan<byte> input, HeaderFields? trailers, ref int consumed, out RejectReason reason)
    {
        reason = RejectReason.None;
        ChunkStatus status = ChunkStatus.End;
        int length = 2;
        if (!input.StartsWith("\r\n"u8))
        {
            status = TrailerSection.Read(input, trailers, _limits, out length, out reason);
        }

        consumed += length;
        _fault = reason;
        _state = status switch
        {
            ChunkStatus.End => State.End,
            ChunkStatus.Rejected => State.Broken,
            _ => State.Trailer,
        };
        return status;
    }
}
