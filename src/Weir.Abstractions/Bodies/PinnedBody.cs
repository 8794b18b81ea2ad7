using System.Runtime.InteropServices;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Bodies;

/// <summary>
/// A body that lies in memory as a whole, shared by any number of exchanges: an error page, the answer of <c>respond</c>. The octets
/// are in a pinned array, so that a reader lends them without a copy.
/// </summary>
public sealed class PinnedBody
{
    private readonly byte[] _octets;

    /// <summary>Copies the octets into pinned memory.</summary>
    public PinnedBody(ReadOnlySpan<byte> octets)
    {
        _octets = GC.AllocateUninitializedArray<byte>(octets.Length, pinned: true);
        octets.CopyTo(_octets);
    }

    /// <summary>Octets.</summary>
    public int Length => _octets.Length;

    /// <summary>The octets.</summary>
    public ReadOnlySpan<byte> Span => _octets;

    /// <summary>All octets as one slice; valid as long as this object is referenced.</summary>
    public NativeSlice Slice => new(Marshal.UnsafeAddrOfPinnedArrayElement(_octets, 0), _octets.Length);

    /// <summary>A reader of its own for one exchange.</summary>
    public BodyReader Open() => new Reader(this);

    private sealed class Reader : BodyReader
    {
        private readonly PinnedBody _body;

        public Reader(PinnedBody body) => _body = body;

        public override BodyLength Length => BodyLength.Of(_body.Length);

        public override ValueTask<BodyRead> ReadAsync() => new(BodyRead.Last(_body.Slice));
    }
}
