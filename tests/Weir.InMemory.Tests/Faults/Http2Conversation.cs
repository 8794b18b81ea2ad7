using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Faults;

/// <summary>What both sides say over HTTP/2 when nothing goes wrong.</summary>
internal sealed record Http2Conversation
{
    private const string Chunked =
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n";

    public required string Name { get; init; }

    /// <summary>What the client sends, "http" standing for the scheme.</summary>
    public required Func<string, byte[]> Said { get; init; }

    /// <summary>Content that the origin must get, by path, and its answer.</summary>
    public required IReadOnlyDictionary<string, (string Request, string Answer)> Origin { get; init; }

    /// <summary>Streams that are answered, with the content and the trailers.</summary>
    public required IReadOnlyDictionary<int, (string Content, string Trailers)> Streams { get; init; }

    /// <summary>Whether the process drains once the origin has a request.</summary>
    public bool Drains { get; init; }

    public static IReadOnlyList<Http2Conversation> All { get; } =
    [
        new()
        {
            Name = "get",
            Said = scheme => [.. Greeting(), .. Head(1, 5, scheme, "GET", "/g")],
            Origin = Answers(("/g", "", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")),
            Streams = new Dictionary<int, (string, string)> { [1] = ("hello", "") },
        },
        new()
        {
            Name = "put",
            Said = scheme =>
            [
                .. Preface.Octets, .. Http2Peer.Frame(FrameType.Settings, 0, 0, Http2Peer.Setting(4, 1000)),
                .. Head(1, 0, scheme, "PUT", "/p"), .. Http2Peer.Frame(FrameType.Continuation, 4, 1, Http2Peer.Block("content-length=6")),
                .. Http2Peer.Frame(FrameType.Data, 0, 1, [.. "abc"u8]), .. Http2Peer.Frame(FrameType.Settings, 1, 0),
                .. Http2Peer.Frame(FrameType.Data, 8 | 1, 1, [2, .. "def"u8, 0, 0]),
            ],
            Origin = Answers(("/p", "abcdef", Chunked)),
            Streams = new Dictionary<int, (string, string)> { [1] = ("hello", "x-sum: 5") },
        },
        new()
        {
            Name = "trailers",
            Said = scheme =>
            [
                .. Greeting(), .. Head(1, 4, scheme, "POST", "/t"), .. Http2Peer.Frame(FrameType.Data, 0, 1, [.. "one"u8]),
                .. Http2Peer.Frame(FrameType.Ping, 0, 0, new byte[8]), .. Http2Peer.Frame(FrameType.Data, 0, 1, [.. "two"u8]),
                .. Http2Peer.Frame(FrameType.Headers, 5, 1, Http2Peer.Block("x-check=1")),
            ],
            Origin = Answers(("/t", "onetwo", Chunked)),
            Streams = new Dictionary<int, (string, string)> { [1] = ("hello", "x-sum: 5") },
        },
        new()
        {
            Name = "reset",
            Said = scheme =>
            [
                .. Greeting(), .. Head(1, 4, scheme, "POST", "/r"), .. Http2Peer.Frame(FrameType.Data, 0, 1, [.. "one"u8]),
                .. Head(3, 5, scheme, "GET", "/g"), .. Http2Peer.Frame(FrameType.RstStream, 0, 1, 0, 0, 0, 8),
                .. Head(5, 4, scheme, "POST", "/t"), .. Http2Peer.Frame(FrameType.Data, 1, 5, [.. "all"u8]),
            ],
            Origin = Answers(("/g", "", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), ("/t", "all", Chunked)),
            Streams = new Dictionary<int, (string, string)> { [3] = ("hello", ""), [5] = ("hello", "x-sum: 5") },
        },
        new()
        {
            Name = "drain",
            Said = scheme => [.. Greeting(), .. Head(1, 5, scheme, "GET", "/g"), .. Head(3, 5, scheme, "GET", "/g"), .. Http2Peer.Frame(FrameType.Ping, 1, 0, [.. "draining"u8])],
            Origin = Answers(("/g", "", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")),
            Streams = new Dictionary<int, (string, string)> { [1] = ("hello", ""), [3] = ("hello", "") },
            Drains = true,
        },
    ];

    public override string ToString() => Name;

    private static byte[] Greeting() =>
        [.. Preface.Octets, .. Http2Peer.Frame(FrameType.Settings, 0, 0), .. Http2Peer.Frame(FrameType.Settings, 1, 0)];

    private static byte[] Head(int stream, byte flags, string scheme, string method, string path) =>
        Http2Peer.Frame(
            FrameType.Headers, flags, stream, Http2Peer.Block($":method={method}|:scheme={scheme}|:path={path}|:authority=a.example"));

    private static Dictionary<string, (string, string)> Answers(params (string Path, string Request, string Answer)[] answers) =>
        answers.ToDictionary(answer => answer.Path, answer => (answer.Request, answer.Answer));
}
