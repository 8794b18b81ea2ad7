using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>When a request is sent again. Requests that are not idempotent never are.</summary>
public sealed record RetryConfig
{
    [Option("How often a request is sent at most, the first time included; 1: never again. Servers that take no connection do not count.", Min = "1", Max = "10")]
    public int Attempts { get; init; } = 2;

    [Option("The failures after which it is sent again: connect, reset, timeout, or a status.", Example = "[connect, reset, 502, 503]")]
    public IReadOnlyList<RetryCondition> On { get; init; } = [new(RetryCause.Connect, 0), new(RetryCause.Reset, 0)];

    [Option("The most that resent requests may add to the others.")]
    public Percent Budget { get; init; } = new(20);

    [Option("How long one try may take, connecting included, until its head has come.", Default = "none", Min = "1ms", Max = "1h")]
    public TimeSpan? PerTryTimeout { get; init; }

    [Option("The largest request body that is kept to be sent again.", Max = "16MiB")]
    public ByteSize Buffer { get; init; } = ByteSize.KiB(64);

    [Option("Asks a second server when the first one is slow, at the retry budget's cost; the first head wins. Only for idempotent requests without content.", Default = "off")]
    public HedgeConfig? Hedge { get; init; }
}
