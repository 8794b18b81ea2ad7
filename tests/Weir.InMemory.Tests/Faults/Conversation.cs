namespace Weir.InMemory.Tests.Faults;

/// <summary>What both sides say when nothing goes wrong.</summary>
internal sealed record Conversation
{
    public required string Name { get; init; }

    /// <summary>What the client sends at once.</summary>
    public required string Client { get; init; }

    /// <summary>What the client sends once it has seen <see cref="Signal"/>.</summary>
    public string Later { get; init; } = "";

    public string Signal { get; init; } = "";

    /// <summary>What the origin sends as soon as it has seen a head.</summary>
    public string OnHead { get; init; } = "";

    /// <summary>What the origin sends for each whole request, in turn.</summary>
    public required IReadOnlyList<string> OnRequest { get; init; }

    /// <summary>The content of each request, as the origin must see it.</summary>
    public required IReadOnlyList<string> RequestBodies { get; init; }

    /// <summary>Each final response: status and content.</summary>
    public required IReadOnlyList<(int Status, string Body)> Expected { get; init; }

    /// <summary>Behind a 101: what the origin sends, and what it must get.</summary>
    public string TunnelDown { get; init; } = "";

    public bool IsTunnel => TunnelDown.Length > 0;

    public static IReadOnlyList<Conversation> All { get; } =
    [
        new()
        {
            Name = "get",
            Client = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
            OnRequest = ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"],
            RequestBodies = [""],
            Expected = [(200, "hello")],
        },
        new()
        {
            Name = "chunked-trailers",
            Client = "GET / HTTP/1.1\r\nHost: a.test\r\nTE: trailers\r\nConnection: TE\r\n\r\n",
            OnRequest = ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n"],
            RequestBodies = [""],
            Expected = [(200, "hello world")],
        },
        new()
        {
            Name = "until-close",
            Client = "GET / HTTP/1.0\r\nHost: a.test\r\n\r\n",
            OnRequest = ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"],
            RequestBodies = [""],
            Expected = [(200, "hello world")],
        },
        new()
        {
            Name = "post",
            Client = "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello",
            OnRequest = ["HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\ndone"],
            RequestBodies = ["hello"],
            Expected = [(201, "done")],
        },
        new()
        {
            Name = "post-chunked",
            Client = "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n",
            OnRequest = ["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"],
            RequestBodies = ["hello world"],
            Expected = [(200, "done")],
        },
        new()
        {
            Name = "expect",
            Client = "PUT / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
            Signal = "HTTP/1.1 100 Continue\r\n\r\n",
            Later = "hello",
            OnHead = "HTTP/1.1 100 Continue\r\n\r\n",
            OnRequest = ["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"],
            RequestBodies = ["hello"],
            Expected = [(200, "done")],
        },
        new()
        {
            Name = "early-hints",
            Client = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
            OnRequest = ["HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"],
            RequestBodies = [""],
            Expected = [(200, "hello")],
        },
        new()
        {
            Name = "pipelined",
            Client = "GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nxy",
            OnRequest =
            [
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n",
            ],
            RequestBodies = ["", "xy"],
            Expected = [(200, "one"), (200, "two")],
        },
        new()
        {
            Name = "upgrade",
            Client = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            Signal = "HTTP/1.1 101",
            Later = "from the client",
            OnRequest = ["HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
            TunnelDown = "from the origin",
            RequestBodies = [""],
            Expected = [],
        },
    ];
}
