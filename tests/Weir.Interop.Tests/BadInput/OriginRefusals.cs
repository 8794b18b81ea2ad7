using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.BadInput;

/// <summary>
/// Every row of <see cref="BadResponses"/>, over real sockets: what the client gets, and that the connection is never used again.
/// </summary>
public sealed class OriginRefusals : IAsyncLifetime
{
    private static readonly Dictionary<string, string> _answers =
        BadResponses.Heads.Concat(BadResponses.Contents).Concat(BadResponses.Last).ToDictionary(row => row.Name, row => row.Octets);

    private RawOrigin _origin = null!;
    private RunningWeir _weir = null!;

    public static TheoryData<string> Heads => [.. BadResponses.Heads.Select(row => row.Name)];

    public static TheoryData<string> Contents => [.. BadResponses.Contents.Select(row => row.Name)];

    public static TheoryData<string> Last => [.. BadResponses.Last.Select(row => row.Name)];

    public async ValueTask InitializeAsync()
    {
        _origin = new RawOrigin(MisbehaveAsync);
        _weir = await RunningWeir.InFrontOfAsync(_origin.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _weir.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [Theory, MemberData(nameof(Heads))]
    public async Task A_bad_head_becomes_a_502_and_its_connection_is_not_used_again(string name)
    {
        string answer = await _weir.AskAsync($"GET /{name} HTTP/1.1\r\nHost: h\r\n\r\n");
        if (name is "interim_then_nonsense")
        {
            answer.ShouldStartWith("HTTP/1.1 103 ");
            return;
        }

        answer.ShouldStartWith("HTTP/1.1 502 ");
        answer.ShouldContain("\r\nProxy-Status: weir;");
        answer.ShouldNotContain("127.0.0.1");
        await NextIsOnAnotherConnectionAsync(name);
    }

    [Theory, MemberData(nameof(Contents))]
    public async Task Bad_content_never_looks_complete(string name)
    {
        using Wire wire = await _weir.ConnectAsync();
        await wire.SendAsync($"GET /{name} HTTP/1.1\r\nHost: h\r\n\r\n");
        string all = await wire.ReadToEndAsync();
        if (!all.StartsWith("HTTP/1.1 502 ", StringComparison.Ordinal))
        {
            // The fault may come with the first octets, before the head has left; then a 502 is better. Else:
            wire.WasReset.ShouldBeTrue();
            all.ShouldNotContain("\r\n0\r\n");
        }

        await NextIsOnAnotherConnectionAsync(name);
    }

    [Theory, MemberData(nameof(Last))]
    public async Task What_stands_behind_a_response_answers_nobody(string name)
    {
        using Wire wire = await _weir.ConnectAsync();
        await wire.SendAsync($"GET /{name} HTTP/1.1\r\nHost: h\r\n\r\nGET /good HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        string all = await wire.ReadToEndAsync();
        all.ShouldContain("HTTP/1.1 ");
        all.ShouldNotContain("poison");
        all.ShouldEndWith("good");
        _origin.Connections.ShouldBe(2);
    }

    private static async Task MisbehaveAsync(Wire wire)
    {
        while (await RawOrigin.ReadRequestAsync(wire) is { } request)
        {
            string name = request[5..request.IndexOf(' ', 5)];
            if (!_answers.TryGetValue(name, out string? octets))
            {
                await wire.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
                continue;
            }

            await wire.SendAsync(octets.Replace("<end>", "").Replace("<reset>", ""));
            if (octets.EndsWith("<reset>", StringComparison.Ordinal))
            {
                wire.Reset();
                return;
            }

            if (octets.EndsWith("<end>", StringComparison.Ordinal))
            {
                return;
            }
        }
    }

    private async Task NextIsOnAnotherConnectionAsync(string name)
    {
        _origin.Connections.ShouldBe(1);
        (await _weir.AskAsync("GET /good HTTP/1.1\r\nHost: h\r\n\r\n")).ShouldEndWith("good");
        _origin.Connections.ShouldBe(2);
        _origin.TakeRecorded().Split($"GET /{name} ").Length.ShouldBe(2);
    }
}
