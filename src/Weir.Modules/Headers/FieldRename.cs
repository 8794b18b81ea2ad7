// Hot: applied to each head that passes the module.
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Modules.Headers;

/// <summary>Gives all fields of one name another one.</summary>
internal sealed class FieldRename
{
    private readonly byte[] _from;
    private readonly byte[] _to;

    public FieldRename(string from, string to)
    {
        _from = Encoding.ASCII.GetBytes(from);
        _to = Encoding.ASCII.GetBytes(to);
    }

    /// <summary>The same for fields behind the content; under a name that must not come there they are dropped.</summary>
    public void ApplyToTrailers(HeaderFields trailers)
    {
        if (Trailers.IsForbidden(KnownFields.Find(_to), _to))
        {
            trailers.Remove(_from);
            return;
        }

        Apply(trailers);
    }

    /// <summary>Renames; the fields go to the end.</summary>
    public void Apply(HeaderFields fields)
    {
        // What is added while this runs lies behind the bound: a change of letters' case alone must end too.
        int bound = fields.SlotCount;
        for (int slot = fields.Find(_from); slot >= 0 && slot < bound; slot = fields.Find(_from, slot + 1))
        {
            fields.Add(_to, fields.ValueAt(slot));
            fields.RemoveAt(slot);
        }
    }
}
