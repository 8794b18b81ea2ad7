namespace Weir.Server.Listening;

/// <summary>What the connections of one listener share, whichever options they came by. Written by one thread, read by all loops.</summary>
public sealed class ListenerState
{
    private volatile bool _isClosing;

    /// <summary>Whether the listener left the configuration: its connections end after their current exchange.</summary>
    public bool IsClosing
    {
        get => _isClosing;
        set => _isClosing = value;
    }
}
