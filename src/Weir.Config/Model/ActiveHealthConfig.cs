using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Questions to a server whether it is well. Each has a connection of its own; redirects are not followed.</summary>
public sealed record ActiveHealthConfig
{
    [Option("http: a request whose answer is looked at. tcp: a connection that is accepted. grpc: grpc.health.v1.Health/Check, where SERVING is well.")]
    public HealthCheckType Type { get; init; } = HealthCheckType.Http;

    [Option("The path that is asked for (http).")]
    [Syntax(Syntax.Path)]
    public string Path { get; init; } = "/";

    [Option("The method that is asked with (http).")]
    [Syntax(Syntax.Method)]
    public string Method { get; init; } = "GET";

    [Option("The Host that is asked for (http, grpc).", Default = "the server's HOST:PORT", Example = "app.internal")]
    [Syntax(Syntax.Authority)]
    public string? Host { get; init; }

    [Option("The service whose health is asked for (grpc); empty: that of the server as a whole.", Example = "shop.Orders")]
    [Syntax(Syntax.Text)]
    public string Service { get; init; } = "";

    [Option("The port that is asked, where it is not the server's own.", Default = "the server's", Min = "1", Max = "65535")]
    public int? Port { get; init; }

    [Option("The time between two questions; a tenth more or less, by chance.", Min = "100ms", Max = "1h")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    [Option("How long connecting and the answer may take in all.", Min = "10ms", Max = "1h")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    [Option("Good answers in a row that make a failing server healthy.", Min = "1", Max = "100")]
    public int Rise { get; init; } = 2;

    [Option("Bad answers in a row that make it fail.", Min = "1", Max = "100")]
    public int Fall { get; init; } = 3;

    [Option("What a good answer is (http).")]
    public HealthExpectConfig Expect { get; init; } = new();

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
