namespace Weir.Net.Tls;

/// <summary>How far one step of a handshake came.</summary>
internal enum TlsStep : byte
{
    /// <summary>It needs more from the peer.</summary>
    Pending,

    /// <summary>It is over, and went well.</summary>
    Done,

    /// <summary>It failed; an alert is on its way where one can be sent.</summary>
    Failed,
}
