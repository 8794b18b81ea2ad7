// Hot: sees every octet of a WebSocket's header, and counts those of its payload.
using System.Diagnostics;

namespace Weir.Http.WebSockets;

/// <summary>
/// Follows one direction of a WebSocket from frame to frame (RFC 6455 section 5.2) without looking into payloads, so that something can
/// be said between two frames. What is no frame never reaches a boundary: nothing is refused here.
/// </summary>
public struct FrameTracker
{
    private const int CloseOpcode = 8;
    private const int MaskOctets = 4;

    private ulong _payloadLeft;
    private byte _headerSeen;
    private byte _lengthLeft;
    private byte _maskLeft;
    private bool _isClose;

    /// <summary>Whether the next octet begins a frame.</summary>
    public readonly bool IsAtBoundary => _headerSeen == 0 && _payloadLeft == 0;

    /// <summary>Whether a Close frame has passed whole.</summary>
    public bool HasClosed { get; private set; }

    /// <summary>
    /// Takes the next octets and returns how many of them belong to frames that are complete now: what stands behind the last boundary
    /// that was reached is the beginning of a frame. -1: none was reached.
    /// </summary>
    public int Advance(ReadOnlySpan<byte> octets)
    {
        int boundary = -1;
        int at = 0;
        while (at < octets.Length)
        {
            if (_headerSeen < 2 || (_lengthLeft | _maskLeft) != 0)
            {
                TakeHeader(octets[at++]);
            }
            else
            {
                int taken = (int)Math.Min(_payloadLeft, (ulong)(octets.Length - at));
                _payloadLeft -= (ulong)taken;
                at += taken;
            }

            if (_headerSeen == 2 && (_lengthLeft | _maskLeft) == 0 && _payloadLeft == 0)
            {
                HasClosed |= _isClose;
                _headerSeen = 0;
                boundary = at;
            }
        }

        return boundary;
    }

    private void TakeHeader(byte octet)
    {
        if (_headerSeen == 0)
        {
            _isClose = (octet & 0x0F) == CloseOpcode;
            _headerSeen = 1;
            return;
        }

        if (_headerSeen == 1)
        {
            _headerSeen = 2;
            int length = octet & 0x7F;
            _maskLeft = (octet & 0x80) != 0 ? (byte)MaskOctets : (byte)0;
            _lengthLeft = length switch { 126 => 2, 127 => 8, _ => 0 };
            _payloadLeft = _lengthLeft == 0 ? (ulong)length : 0;
            return;
        }

        if (_lengthLeft > 0)
        {
            _payloadLeft = (_payloadLeft << 8) | octet;
            _lengthLeft--;
            return;
        }

        Debug.Assert(_maskLeft > 0, "A header is over only when its length and mask are.");
        _maskLeft--;
    }
}
