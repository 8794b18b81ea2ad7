using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Http.WebSockets;

namespace Weir.Pipeline.Forwarding;

/// <summary>One direction of a tunnel. Belongs to the tunnel's loop.</summary>
internal sealed class TunnelDirection
{
    private ValueTask<ProxyError?> _closing;
    private bool _isClosing;

    /// <summary>Where the frames of a WebSocket begin and end; a field, because it is a value that changes.</summary>
    public FrameTracker Frames;

    public TunnelDirection(ITunnelEnd from, ITunnelEnd to)
    {
        From = from;
        To = to;
    }

    public ITunnelEnd From { get; }

    public ITunnelEnd To { get; }

    /// <summary>Whether octets are on their way: then nobody else may write.</summary>
    public bool IsWriting { get; set; }

    /// <summary>Whether a Close frame of Weir's own was sent, or that of the peer was: nothing follows it.</summary>
    public bool HasSaidClose { get; set; }

    /// <summary>Whether the sender has ended.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Holds a Close frame that is being sent beside the pump; the pump awaits it at its end.</summary>
    public void StartClosing(ValueTask<ProxyError?> closing)
    {
        _closing = closing;
        _isClosing = true;
    }

    /// <summary>Waits for that frame, so that nothing overtakes it. A failure shows where the receiver is read.</summary>
    public ValueTask EndClosingAsync()
    {
        if (!_isClosing)
        {
            return default;
        }

        _isClosing = false;
        return Ignore(_closing);
    }

    /// <summary>Ends the direction towards the receiver, unless a write is on its way: then its pump does.</summary>
    public void FinishTo()
    {
        if (!IsWriting)
        {
            To.FinishWriting();
        }
    }

    private static async ValueTask Ignore(ValueTask<ProxyError?> closing) => await closing;
}
