using Weir.Net.Loops;
using Weir.Streams.Output;

namespace Weir.Streams;

/// <summary>What a stream asks of the connection that carries it.</summary>
public interface IStreamCarrier
{
    /// <summary>The loop.</summary>
    Loop Loop { get; }

    /// <summary>Where frames are put.</summary>
    FrameOutput Output { get; }

    /// <summary>Whether nothing can be sent any more.</summary>
    bool IsGone { get; }

    /// <summary>Whether somebody waits for room already.</summary>
    bool HasQueue { get; }

    /// <summary>Octets of content that the peer takes on the whole connection.</summary>
    int SendWindow { get; }

    /// <summary>Takes octets off that window.</summary>
    void TakeSendWindow(int octets);

    /// <summary>Comes back for this sender as soon as there is room.</summary>
    void Queue(StreamSender sender);

    /// <summary>Does so no more.</summary>
    void Unqueue(StreamSender sender);

    /// <summary>What is in the output leaves at the end of the turn.</summary>
    void FlushLater();

    /// <summary>Looks at deadlines now and then.</summary>
    void EnsureTick();

    /// <summary>Content has left the connection's buffers: the peer may send as much again.</summary>
    void CreditConnection(int octets);

    /// <summary>The peer may send so many octets more on a stream.</summary>
    void OpenStreamWindow(int streamId, int octets);

    /// <summary>Counts a frame of a few octets, because the peer opens no more; false: the connection has had enough.</summary>
    bool TryTiny();
}
