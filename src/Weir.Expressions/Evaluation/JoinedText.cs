// Hot: asked for each request that an expression looks at.
using Weir.Abstractions.Heads;

namespace Weir.Expressions.Evaluation;

/// <summary>Texts one behind the other, with something between them.</summary>
internal ref struct JoinedText
{
    private readonly Span<byte> _room;
    private readonly ReadOnlySpan<byte> _between;
    private int _length;

    /// <param name="room">Where they are written: as long as all of them, and two octets more for each.</param>
    /// <param name="between">At most two octets.</param>
    public JoinedText(Span<byte> room, ReadOnlySpan<byte> between)
    {
        _room = room;
        _between = between;
    }

    /// <summary>What has been written.</summary>
    public readonly ReadOnlySpan<byte> Text => _room[..Math.Max(0, _length)];

    /// <summary>Whether there is a text, perhaps an empty one.</summary>
    public bool HasAny { get; private set; }

    /// <summary>Writes another one.</summary>
    public void Add(scoped ReadOnlySpan<byte> text) => text.CopyTo(Extend(text.Length));

    /// <summary>Writes another one that is still to be decoded.</summary>
    public void AddDecoded(scoped ReadOnlySpan<byte> text)
    {
        Span<byte> place = Extend(text.Length);
        _length -= text.Length - QueryText.Decode(text, place);
    }

    private Span<byte> Extend(int octets)
    {
        if (HasAny)
        {
            _between.CopyTo(_room[_length..]);
            _length += _between.Length;
        }

        HasAny = true;
        _length += octets;
        return _room.Slice(_length - octets, octets);
    }
}
