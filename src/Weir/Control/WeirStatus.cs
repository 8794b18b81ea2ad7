namespace Weir.Control;

/// <summary>A Weir as it is at a moment.</summary>
public sealed record WeirStatus
{
    /// <summary>The version of Weir.</summary>
    public required string Version { get; init; }

    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>When it began to serve.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>For how long it has served, in seconds.</summary>
    public required double UptimeSeconds { get; init; }

    /// <summary>Whether it serves and does not end.</summary>
    public required bool Ready { get; init; }

    /// <summary>The configuration's file; null where it came from elsewhere.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Which configuration is in force: 1 from the start, one more with every reload that was applied.</summary>
    public required long Generation { get; init; }

    /// <summary>How many loops serve.</summary>
    public required int Loops { get; init; }

    /// <summary>The addresses it listens on.</summary>
    public required IReadOnlyList<string> Listeners { get; init; }

    /// <summary>Client connections now.</summary>
    public required long Connections { get; init; }

    /// <summary>Requests now, tunnels included.</summary>
    public required long InFlight { get; init; }

    /// <summary>Requests since the start.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests that ended in an error of Weir's since the start.</summary>
    public required long Errors { get; init; }

    /// <summary>Memory of the process in octets.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>How much there is to do, and what is turned away for it; null before it was looked at.</summary>
    public LoadStatus? Load { get; init; }

    /// <summary>Certificates that clients refuse, or soon will: a sentence for each, beginning with its name.</summary>
    public IReadOnlyList<string> CertificateProblems { get; init; } = [];

    /// <summary>The upstreams.</summary>
    public required IReadOnlyList<UpstreamStatus> Upstreams { get; init; }
}
