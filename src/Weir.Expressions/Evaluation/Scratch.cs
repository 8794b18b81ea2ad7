// Hot: room for texts that are made while an expression is asked.
namespace Weir.Expressions.Evaluation;

/// <summary>
/// Room for made texts, of one thread: an expression is asked from its beginning to its end without a wait, and no node asks another
/// expression. What was handed out stays as it is when more is needed: it then lies in the array of before.
/// </summary>
internal static class Scratch
{
    private const int FirstOctets = 4096;

    // A head is seldom larger; what grew beyond it for one is not kept.
    private const int RetainedOctets = 256 * 1024;

    [ThreadStatic]
    private static byte[]? _octets;

    [ThreadStatic]
    private static int _used;

    /// <summary>Another expression is asked: what was handed out is over.</summary>
    public static void Begin()
    {
        _used = 0;
        if (_octets is { Length: > RetainedOctets })
        {
            _octets = null;
        }
    }

    /// <summary>Hands out room.</summary>
    public static Span<byte> Take(int octets)
    {
        byte[]? room = _octets;
        if (room is null || room.Length - _used < octets)
        {
            room = _octets = GC.AllocateUninitializedArray<byte>(Math.Max((room?.Length * 2) ?? FirstOctets, octets));
            _used = 0;
        }

        Span<byte> taken = room.AsSpan(_used, octets);
        _used += octets;
        return taken;
    }
}
