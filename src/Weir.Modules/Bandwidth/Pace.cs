// Hot: one for each direction of an exchange that has a rate, reused.
using System.Buffers;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Bandwidth;

/// <summary>
/// Puts a <see cref="PacedBody"/> at the module's place among the filters. It changes no octet. Free again when its exchange is over.
/// </summary>
internal sealed class Pace : BodyFilter
{
    private readonly Stack<Pace> _free;
    private readonly PacedBody _body = new();
    private OctetRate _rate = null!;
    private ulong _key;
    private long _freeOctets;
    private bool _isLent;

    public Pace(Stack<Pace> free) => _free = free;

    public void Begin(OctetRate rate, ulong key, long freeOctets)
    {
        _rate = rate;
        _key = key;
        _freeOctets = freeOctets;
        _isLent = true;
    }

    /// <inheritdoc/>
    public override BodyReader Wrap(Exchange exchange, BodyReader source)
    {
        _body.Begin(exchange, source, _rate, _key, _freeOctets);
        return _body;
    }

    /// <inheritdoc/>
    public override BodyLength LengthAfter(BodyLength before) => before;

    /// <inheritdoc/>
    public override OperationStatus Transform(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isEnd)
    {
        // Never asked: there is a reader in its place. As a filter it would hand octets on as they are.
        consumed = written = Math.Min(source.Length, destination.Length);
        source[..written].CopyTo(destination);
        return written == source.Length ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_isLent)
        {
            _isLent = false;
            _body.End();
            _free.Push(this);
        }
    }
}
