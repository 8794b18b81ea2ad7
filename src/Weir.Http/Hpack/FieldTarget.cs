namespace Weir.Http.Hpack;

/// <summary>
/// Takes the fields of a block, in order. It cannot stop the decoder: the table must be kept whatever a message is worth.
/// </summary>
public abstract class FieldTarget
{
    /// <summary>The next field; its octets are valid during the call.</summary>
    public abstract void Take(in HpackField field);
}
