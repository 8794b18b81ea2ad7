using Weir.Codings;
using Weir.Pipeline.Health;
using Weir.Pipeline.Sticking;

namespace Weir.Pipeline.Forwarding;

/// <summary>How requests are forwarded to an upstream. Immutable.</summary>
public sealed record ForwardPolicy
{
    /// <summary>Time from the request to the response's head.</summary>
    public int FirstByteTimeoutMs { get; init; } = 60_000;

    /// <summary>Time within which one try must have its response's head; 0: no limit of its own.</summary>
    public int PerTryTimeoutMs { get; init; }

    /// <summary>Time after which an idempotent request without content is sent to a second server too; 0: never.</summary>
    public int HedgeAfterMs { get; init; }

    /// <summary>Requests that the whole process may have in flight to each server; 0: no limit.</summary>
    public int RequestLimit { get; init; }

    /// <summary>Requests that may wait for a place, for each server.</summary>
    public int QueueLength { get; init; } = 256;

    /// <summary>How long they may wait.</summary>
    public int QueueTimeoutMs { get; init; } = 5_000;

    /// <summary>How clients are kept on their servers; null: they are not.</summary>
    public StickyPolicy? Sticky { get; init; }

    /// <summary>Time without an octet.</summary>
    public int IdleTimeoutMs { get; init; } = 60_000;

    /// <summary>How often a request is sent at most, the first time included.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Whether failed connects are tried again.</summary>
    public bool RetriesConnect { get; init; } = true;

    /// <summary>Whether connections that end before a response are tried again.</summary>
    public bool RetriesReset { get; init; } = true;

    /// <summary>Whether missing responses are tried again.</summary>
    public bool RetriesTimeout { get; init; }

    /// <summary>Statuses that are tried again.</summary>
    public IReadOnlyList<int> RetryStatuses { get; init; } = [];

    /// <summary>What each first try earns of a retry, 0 to 1.</summary>
    public double BudgetShare { get; init; } = 0.2;

    /// <summary>The largest request content that is kept to be sent again, in octets.</summary>
    public int BufferOctets { get; init; } = 64 * 1024;

    /// <summary>When a server is set aside.</summary>
    public PassiveHealthPolicy Health { get; init; } = new();

    /// <summary>With a smaller share of well servers than this, 0 to 1, all are used.</summary>
    public double PanicShare { get; init; } = 0.5;

    /// <summary>For how long a server that came back is spared; 0: not at all.</summary>
    public int SlowStartMs { get; init; }

    /// <summary>How servers are asked whether they are well; null: they are not.</summary>
    public ActiveHealthPolicy? Checks { get; init; }

    /// <summary>What request content is compressed with on its way.</summary>
    public ContentCoding RequestCoding { get; init; }

    /// <summary>The PROXY header that servers get: 0 none, 1 or 2. Connections are then not shared between clients.</summary>
    public int ProxyProtocolVersion { get; init; }
}
