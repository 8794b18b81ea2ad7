using Weir.Abstractions.Bodies;

namespace Weir.Net.Connections;

/// <summary>
/// What a kind of connection has to bring: how octets come and go. Each call moves what can be moved at this moment and never waits;
/// waiting, deadlines and buffers are the same for all kinds.
/// </summary>
/// <remarks>
/// The descriptor is registered once, edge-triggered, for both directions. After <see cref="NothingNow"/> the next event of that direction
/// tries again; a receive of less than was asked for means that nothing more is there, unless the peer is closing.
/// </remarks>
public abstract partial class Connection
{
    /// <summary>What a transport says when it can move nothing at this moment.</summary>
    protected const int NothingNow = -1;

    /// <summary>What a transport says when the connection failed.</summary>
    protected const int Failed = -2;

    /// <summary>Octets read, 0 at the end of the stream, <see cref="NothingNow"/> or <see cref="Failed"/>.</summary>
    protected abstract unsafe int ReceiveCore(byte* target, int length);

    /// <summary>Octets taken, <see cref="NothingNow"/> or <see cref="Failed"/>.</summary>
    protected abstract unsafe int SendCore(byte* source, int length);

    /// <summary>As <see cref="SendCore"/>, for up to three pieces; some may be empty.</summary>
    protected abstract int SendGatheredCore(NativeSlice first, NativeSlice second, NativeSlice third);

    /// <summary>Ends the sending direction.</summary>
    protected abstract void ShutdownCore();

    /// <summary>Frees the descriptor.</summary>
    protected abstract void CloseCore(bool reset);

    /// <summary>Whether the peer has neither closed nor sent anything.</summary>
    protected abstract bool PeekCore();

    /// <summary>0 when a pending connect succeeded, else its error number.</summary>
    protected virtual int ConnectErrorCore() => 0;
}
