// Hot: every octet of text content passes it, where bodies is on.
using System.Buffers;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Cloak;

/// <summary>
/// Replaces internal names in content while it streams. What may be the beginning of a name waits for more,
/// <see cref="InternalNames.MostOctets"/> octets at most.
/// </summary>
internal sealed class CloakFilter : BodyFilter
{
    // One octet in front of what waits, to know whether a name can begin there.
    private const int Behind = 1;

    private readonly InternalNames _names;
    private readonly RequestHead _request;
    private readonly string? _server;
    private readonly byte[] _held = new byte[4 * InternalNames.MostOctets];
    private int _at = Behind;
    private int _end = Behind;

    public CloakFilter(InternalNames names, RequestHead request, string? server)
    {
        _names = names;
        _request = request;
        _server = server;
    }

    /// <inheritdoc/>
    public override bool IsFlushedAtPauses => true;

    /// <inheritdoc/>
    public override OperationStatus Transform(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isEnd)
    {
        consumed = 0;
        written = 0;
        while (true)
        {
            consumed += Take(source[consumed..]);
            bool isLast = isEnd && consumed == source.Length;
            if (!TryGive(destination, ref written, isLast ? _end : _end - InternalNames.MostOctets))
            {
                return OperationStatus.DestinationTooSmall;
            }

            if (consumed == source.Length)
            {
                return OperationStatus.Done;
            }
        }
    }

    /// <inheritdoc/>
    public override OperationStatus Flush(Span<byte> destination, out int written)
    {
        written = 0;
        int wait = _held.AsSpan(Behind, _end - Behind).LastIndexOfAnyExcept(InternalNames.Octets) + 1 + Behind;
        return TryGive(destination, ref written, Math.Max(wait, _end - InternalNames.MostOctets))
            ? OperationStatus.Done
            : OperationStatus.DestinationTooSmall;
    }

    private int Take(ReadOnlySpan<byte> source)
    {
        if (_at > Behind)
        {
            _held.AsSpan(_at - Behind, _end - _at + Behind).CopyTo(_held);
            _end -= _at - Behind;
            _at = Behind;
        }

        int count = Math.Min(source.Length, _held.Length - _end);
        source[..count].CopyTo(_held.AsSpan(_end));
        _end += count;
        return count;
    }

    // False: the destination is full. What stands behind the bound may be cut in the middle of a name.
    private bool TryGive(Span<byte> destination, ref int written, int bound)
    {
        while (_at < bound)
        {
            ReadOnlySpan<byte> text = _held.AsSpan(0, _end);
            InternalMatch match = InternalNames.IsStart(text, _at) ? _names.Match(text[_at..], _server, _request.Host) : default;
            if (match.Length == 0)
            {
                if (written == destination.Length)
                {
                    return false;
                }

                destination[written++] = _held[_at++];
                continue;
            }

            if (destination.Length - written < PublicName.MostOctets(_request))
            {
                return false;
            }

            written += PublicName.Write(_request, match, destination[written..]);
            _at += match.Length;
        }

        return true;
    }
}
