// Hot: takes every field of every HTTP/2 response. See bench/Weir.Bench.Http.
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http1;
using Weir.Http.Semantics;

namespace Weir.Http.Http2;

/// <summary>
/// Makes a response's head of its decoded fields (RFC 9113 section 8.3.2), and judges it: nothing passes that could become another message
/// when it is written as HTTP/1.1. Reused for one block after the other; a connection needs one.
/// </summary>
public sealed class Http2ResponseTarget : FieldTarget
{
    private const int StatusDigits = 3;

    private ResponseHead _head = null!;
    private HeadLimits _limits;
    private RejectReason _reason;
    private string? _fault;
    private int _count;
    private bool _hasFields;

    /// <summary>What the fields count for (RFC 9113 section 6.5.2), those included that were not kept.</summary>
    public long ListOctets { get; private set; }

    /// <summary>In a few words, why the response is malformed; null when it is not.</summary>
    public string? Fault => _fault;

    /// <summary>Begins with a cleared head.</summary>
    public void Begin(ResponseHead head, in HeadLimits limits)
    {
        _head = head;
        _limits = limits;
        _reason = RejectReason.None;
        _fault = null;
        _count = 0;
        _hasFields = false;
        ListOctets = 0;
    }

    /// <inheritdoc/>
    public override void Take(in HpackField field)
    {
        ListOctets += field.Size;
        if (ListOctets > _limits.HeadOctets || ++_count > _limits.FieldCount)
        {
            // From here on the block is decoded for the table's sake only.
            _reason = _reason != RejectReason.None ? _reason
                : ListOctets > _limits.HeadOctets ? RejectReason.HeadTooLarge : RejectReason.TooManyFields;
            return;
        }

        if (_fault is not null)
        {
            return;
        }

        if (field.Pseudo != PseudoField.None)
        {
            TakePseudo(field);
            return;
        }

        _hasFields = true;
        if (field.Faults != FieldFaults.None)
        {
            _fault = (field.Faults & FieldFaults.Malformed) == FieldFaults.None ? null
                : (field.Faults & FieldFaults.ConnectionSpecific) != FieldFaults.None ? "a field that speaks of the connection"
                : (field.Faults & FieldFaults.BadName) != FieldFaults.None ? "a field name that is not allowed" : "a field value that is not allowed";
            return;
        }

        HeaderFields fields = _head.Fields;
        ReadOnlySpan<byte> line = field.Line;
        line.CopyTo(fields.Reserve(line.Length));
        int at = fields.Commit(line.Length).Offset;
        fields.AddLoaded(field.Field, at, field.NameLength, at + field.NameLength + 2, field.ValueLength);
        if (field.IsNeverIndexed)
        {
            fields.KeepLastOutOfTables();
        }
    }

    /// <summary>Judges the whole, and fills the head's length.</summary>
    /// <param name="method">The method that is answered; <see cref="RequestMethod.Connect"/> for an extended CONNECT.</param>
    /// <param name="isEnd">Whether the origin has ended the stream with this head.</param>
    public RejectReason Finish(RequestMethod method, bool isEnd)
    {
        _fault ??= _reason == RejectReason.None ? FaultOfStatus(isEnd) : null;
        if (_fault is not null)
        {
            return RejectReason.MalformedHttp2;
        }

        if (_reason != RejectReason.None)
        {
            return _reason;
        }

        _head.Version = HttpVersion.Http2;
        RejectReason reason = MessageLength.OfResponse(_head, method, out BodyLength length);
        if (reason != RejectReason.None)
        {
            return reason;
        }

        if (length.IsUntilClose)
        {
            length = isEnd ? BodyLength.None : BodyLength.Unknown;
        }

        if (isEnd && !length.IsNone)
        {
            // RFC 9113 section 8.1.1.
            _fault = "no content where Content-Length announces some";
            return RejectReason.MalformedHttp2;
        }

        _head.BodyLength = length;
        return RejectReason.None;
    }

    private void TakePseudo(in HpackField field)
    {
        ReadOnlySpan<byte> value = field.Value;
        _fault = _hasFields ? "a pseudo-field behind a field"
            : field.Pseudo != PseudoField.Status ? "a pseudo-field that no response has"
            : _head.Status != 0 ? "a pseudo-field twice"
            : value.Length != StatusDigits || value.ContainsAnyExceptInRange((byte)'0', (byte)'9') || value[0] == (byte)'0'
                ? "a :status that is not three digits" : null;
        if (_fault is null)
        {
            _head.Status = ((value[0] - '0') * 100) + ((value[1] - '0') * 10) + (value[2] - '0');
        }
    }

    private string? FaultOfStatus(bool isEnd) =>
        _head.Status == 0 ? "no :status"

        // RFC 9113 section 8.6: HTTP/2 has no 101, and no message ends with an interim head (section 8.1).
        : _head.Status == 101 ? "a 101, which HTTP/2 does not have"
        : isEnd && _head.IsInterim ? "an interim answer that ends its stream" : null;
}
