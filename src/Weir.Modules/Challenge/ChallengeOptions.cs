using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;

namespace Weir.Modules.Challenge;

/// <summary>Options of `challenge`.</summary>
public sealed record ChallengeOptions
{
    [Option("Who is challenged, as an expression; beside those whom a `filter` above marks by `do: challenge`.",
        IsShorthand = true, Default = "none", Example = "request.path.startsWith(\"/login\")")]
    public string? When { get; init; }

    [Option("Whether everyone is challenged.")]
    public bool Always { get; init; }

    [Option("The requests in a time above which a client is challenged.", Default = "none", Example = "60/m")]
    public Rate? Rate { get; init; }

    [Option("The requests that may come at once beside `rate`.", Default = "as many as `rate` names", Min = "1", Max = "1000000")]
    public int? Burst { get; init; }

    [Option("Whose requests `rate` counts together: client_ip, header.NAME, cookie.NAME, host, all, or an expression such as [client.ip, request.path].")]
    public string Key { get; init; } = "client_ip";

    [Option("Things that make a client suspicious; who comes to `threshold` points by them is challenged.")]
    public IReadOnlyList<ChallengeSignOptions> Signs { get; init; } = [];

    [Option("The points from which on a client is challenged.", Min = "1", Max = "1000000")]
    public int Threshold { get; init; } = 10;

    [Option("How hard the puzzle is: a browser tries about 2 to the power of this many numbers, a million or so a second. One more is twice the work.",
        Min = "1", Max = "26")]
    public int Difficulty { get; init; } = 17;

    [Option("Harder puzzles from some score on.", Example = "[{ score: 20, difficulty: 20 }]")]
    public IReadOnlyList<ChallengeLevelOptions> Levels { get; init; } = [];

    [Option("Clients that are never challenged.", Example = "[10.0.0.0/8]")]
    public IReadOnlyList<IpPrefix> Exempt { get; init; } = [];

    [Option("Requests that are never challenged, as an expression.", Default = "none", Example = "request.path == \"/robots.txt\"")]
    public string? ExemptWhen { get; init; }

    [Option("How long who has solved a puzzle is not asked again.", Min = "1m", Max = "30d")]
    public TimeSpan For { get; init; } = TimeSpan.FromHours(12);

    [Option("How long a puzzle may be worked on.", Min = "10s", Max = "1h")]
    public TimeSpan SolveWithin { get; init; } = TimeSpan.FromMinutes(5);

    [Option("Whether browsers without JavaScript can pass: by keeping a cookie and waiting.")]
    public bool NoScript { get; init; } = true;

    [Option("How long they wait.", Min = "1s", Max = "1m")]
    public TimeSpan NoScriptWait { get; init; } = TimeSpan.FromSeconds(5);

    [Option("How long they are not asked again.", Min = "1m", Max = "30d")]
    public TimeSpan NoScriptFor { get; init; } = TimeSpan.FromMinutes(15);

    [Option("How many may pass in this way from one client's network (IPv4: 24 bits, IPv6: 48).")]
    public Rate NoScriptRate { get; init; } = new(20, TimeSpan.FromHours(1));

    [Option("What of the client's address puzzles and passes are good for.")]
    public ChallengeBinding Bind { get; init; }

    [Option("Whether they are good for the same User-Agent only.")]
    public bool BindUserAgent { get; init; }

    [Option("The status of the page and of refusals.", Min = "400", Max = "599")]
    public int Status { get; init; } = 429;

    [Option("A page of your own, with {challenge} within its head, read when the configuration loads.", Default = "one that comes along", Example = "challenge.html")]
    public string? Page { get; init; }

    [Option("The file of the secrets that puzzles and passes are signed with, one a line, of at least 32 characters: the first one signs, all are taken. It is watched. For several Weirs.",
        Default = "a secret in process.data", IsSecretFile = true)]
    public string? SecretFile { get; init; }

    [Option("Bots that sign their requests (RFC 9421), and are never challenged then.")]
    public IReadOnlyList<SignedBotOptions> SignedBots { get; init; } = [];

    [Option("Bots that are known by the names of their addresses, and are never challenged then.", Example = "[{ user_agent: Googlebot, domains: [googlebot.com] }]")]
    public IReadOnlyList<NamedBotOptions> NamedBots { get; init; } = [];

    [Option("What becomes of who says to be one of `named_bots` while its address is being looked up.")]
    public UnknownBots WhileUnknown { get; init; }

    [Option("Whether nobody is challenged: who would be is counted.")]
    public bool DryRun { get; init; }
}
