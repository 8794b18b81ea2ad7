using Weir.Abstractions.Exchanges;

namespace Weir.Net.Sockets;

/// <summary>Takes what a listener accepts. Called on the listener's loop.</summary>
public interface IAcceptHandler
{
    /// <summary>Takes over an accepted descriptor, non-blocking and close-on-exec.</summary>
    void OnAccepted(int fd, IpAddress peer, int peerPort);

    /// <summary>Accepting pauses for a moment: descriptors or memory are used up (EMFILE, ENFILE, ENOBUFS, ENOMEM).</summary>
    void OnAcceptPaused(int error);
}
