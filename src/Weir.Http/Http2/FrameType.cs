namespace Weir.Http.Http2;

/// <summary>The frame types of RFC 9113 section 6 and RFC 9218 section 7.1; every other value is to be ignored.</summary>
public enum FrameType : byte
{
    /// <summary>Content.</summary>
    Data = 0,

    /// <summary>The beginning of a field block.</summary>
    Headers = 1,

    /// <summary>The abandoned priority tree.</summary>
    Priority = 2,

    /// <summary>The end of a stream before its time.</summary>
    RstStream = 3,

    /// <summary>How a side wants to be spoken to.</summary>
    Settings = 4,

    /// <summary>A promise of a server; never from clients.</summary>
    PushPromise = 5,

    /// <summary>A question for a sign of life.</summary>
    Ping = 6,

    /// <summary>The beginning of the connection's end.</summary>
    GoAway = 7,

    /// <summary>More content may be sent.</summary>
    WindowUpdate = 8,

    /// <summary>More of a field block.</summary>
    Continuation = 9,

    /// <summary>RFC 9218 section 7.1: the priority of a request that is under way, or still to come.</summary>
    PriorityUpdate = 16,
}
