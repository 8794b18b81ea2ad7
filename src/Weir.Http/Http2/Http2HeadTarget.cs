// Hot: takes every field of every HTTP/2 head. See bench/Weir.Bench.Http.
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http1;

namespace Weir.Http.Http2;

/// <summary>
/// Makes a head of its decoded fields, and judges each (RFC 9113 section 8.2): bounds, names and values, pseudo-fields in front. What the
/// pseudo-fields of a request or of a response mean is its heirs' business.
/// </summary>
public abstract class Http2HeadTarget : FieldTarget
{
    private int _count;
    private bool _hasFields;

    private protected Http2HeadTarget()
    {
    }

    /// <summary>What the fields count for (RFC 9113 section 6.5.2), those included that were not kept.</summary>
    public long ListOctets { get; private set; }

    /// <summary>In a few words, why the message is malformed; null when it is not.</summary>
    public string? Fault { get; private protected set; }

    private protected HeaderFields Fields { get; private set; } = null!;

    private protected HeadLimits Limits { get; private set; }

    /// <summary>Which bound was passed.</summary>
    private protected RejectReason Reason { get; private set; }

    /// <inheritdoc/>
    public sealed override void Take(in HpackField field)
    {
        ListOctets += field.Size;
        if (ListOctets > Limits.HeadOctets || ++_count > Limits.FieldCount)
        {
            // From here on the block is decoded for the table's sake only.
            Reason = Reason != RejectReason.None ? Reason
                : ListOctets > Limits.HeadOctets ? RejectReason.HeadTooLarge : RejectReason.TooManyFields;
            return;
        }

        if (Fault is not null)
        {
            return;
        }

        if (field.Pseudo != PseudoField.None)
        {
            Fault = _hasFields ? "a pseudo-field behind a field" : TakePseudo(field);
            return;
        }

        _hasFields = true;
        if (field.Faults != FieldFaults.None)
        {
            Fault = (field.Faults & FieldFaults.Malformed) == FieldFaults.None ? null
                : (field.Faults & FieldFaults.ConnectionSpecific) != FieldFaults.None ? "a field that speaks of the connection"
                : (field.Faults & FieldFaults.BadName) != FieldFaults.None ? "a field name that is not allowed" : "a field value that is not allowed";
            return;
        }

        ReadOnlySpan<byte> line = field.Line;
        line.CopyTo(Fields.Reserve(line.Length));
        int at = Fields.Commit(line.Length).Offset;
        Fields.AddLoaded(field.Field, at, field.NameLength, at + field.NameLength + 2, field.ValueLength);
        if (field.IsNeverIndexed)
        {
            Fields.KeepLastOutOfTables();
        }
    }

    private protected void Begin(HeaderFields fields, in HeadLimits limits)
    {
        Fields = fields;
        Limits = limits;
        Reason = RejectReason.None;
        Fault = null;
        ListOctets = 0;
        _count = 0;
        _hasFields = false;
    }

    /// <summary>Keeps a pseudo-field; returns what is wrong with it, or null.</summary>
    private protected abstract string? TakePseudo(in HpackField field);
}
