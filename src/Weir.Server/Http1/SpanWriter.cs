using System.Buffers.Text;

namespace Weir.Server.Http1;

/// <summary>Puts octets one behind the other; the caller knows that they fit.</summary>
internal ref struct SpanWriter
{
    private readonly Span<byte> _target;

    public SpanWriter(Span<byte> target) => _target = target;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _target[..Length];

    public void Put(scoped ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(_target[Length..]);
        Length += octets.Length;
    }

    public void Put(int number)
    {
        Utf8Formatter.TryFormat(number, _target[Length..], out int written);
        Length += written;
    }
}
