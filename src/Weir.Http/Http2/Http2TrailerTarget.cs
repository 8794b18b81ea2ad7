using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Semantics;

namespace Weir.Http.Http2;

/// <summary>Takes the fields behind a message's content (RFC 9113 section 8.1), or none of them where nobody wants any.</summary>
public sealed class Http2TrailerTarget : FieldTarget
{
    private HeaderFields? _trailers;
    private int _maxOctets;
    private int _maxCount;
    private int _count;

    /// <summary>What the fields count for, those included that were not kept.</summary>
    public long ListOctets { get; private set; }

    /// <summary>In a few words, why the message is malformed; null when it is not.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether there is more than the bounds allow.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Begins; with null the fields are dropped.</summary>
    public void Begin(HeaderFields? trailers, int maxOctets, int maxCount)
    {
        _trailers = trailers;
        _maxOctets = maxOctets;
        _maxCount = maxCount;
        _count = 0;
        ListOctets = 0;
        Fault = null;
        IsTooLarge = false;
    }

    /// <inheritdoc/>
    public override void Take(in HpackField field)
    {
        ListOctets += field.Size;
        IsTooLarge |= ListOctets > _maxOctets || ++_count > _maxCount;
        if (field.Pseudo != PseudoField.None)
        {
            Fault ??= "a pseudo-field behind the content";
        }
        else if ((field.Faults & FieldFaults.Malformed) != FieldFaults.None)
        {
            Fault ??= "a trailer field that is not allowed";
        }
        else if (_trailers is not null && Fault is null && !IsTooLarge && field.Faults == FieldFaults.None
            && !Trailers.IsForbidden(field.Field, field.Name))
        {
            _trailers.Add(field.Name, field.Value);
            if (field.IsNeverIndexed)
            {
                _trailers.KeepLastOutOfTables();
            }
        }
    }
}
