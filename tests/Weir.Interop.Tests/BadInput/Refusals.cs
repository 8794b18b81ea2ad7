using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.BadInput;

/// <summary>
/// Every row of the tables, over a real socket: the status, the closed connection, and what the recording origin has seen. A good request
/// is sent after each one; with one loop nothing of the bad one can come later.
/// </summary>
public sealed class Refusals : IAsyncLifetime
{
    private const string Good = "GET /good HTTP/1.1\r\nHost: h\r\n\r\n";

    private RawOrigin _origin = null!;
    private RunningWeir _weir = null!;

    public static TheoryData<string> Heads => [.. BadHeads.Rows.Select(row => row.Name)];

    public static TheoryData<string> Framings => [.. BadFramings.Rows.Select(row => row.Name)];

    public static TheoryData<string> Chunks => [.. BadChunks.Rows.Select(row => row.Name)];

    public async ValueTask InitializeAsync()
    {
        _origin = new RawOrigin();
        _weir = await RunningWeir.InFrontOfAsync(_origin.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _weir.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [Theory, MemberData(nameof(Heads))]
    public Task A_bad_head_is_refused_and_seen_by_no_origin(string name) =>
        RefusesUnseenAsync(BadHeads.Rows.Single(row => row.Name == name));

    [Theory, MemberData(nameof(Framings))]
    public Task A_doubtful_length_is_refused_and_seen_by_no_origin(string name) =>
        RefusesUnseenAsync(BadFramings.Rows.Single(row => row.Name == name));

    [Theory, MemberData(nameof(Heads))]
    public async Task A_good_request_before_a_bad_head_is_answered_first(string name)
    {
        (_, string octets, int status) = BadHeads.Rows.Single(row => row.Name == name);
        if (name.EndsWith("_first", StringComparison.Ordinal))
        {
            // Behind another request these would be judged as what ends it.
            octets = "\u0001" + octets;
        }

        using Wire wire = await _weir.ConnectAsync();
        await wire.TrySendAsync(Good + octets + Good);
        (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        (await wire.ReadResponseAsync()).ShouldStartWith($"HTTP/1.1 {status} ");
        (await wire.ReadToEndAsync()).ShouldBe("");
        (await SeenAsync()).ShouldBe(2);
    }

    [Theory, MemberData(nameof(Chunks))]
    public async Task A_bad_chunk_ends_the_request_and_never_completes_it_for_the_origin(string name)
    {
        (_, string octets, int status) = BadChunks.Rows.Single(row => row.Name == name);
        using Wire wire = await _weir.ConnectAsync();
        await wire.TrySendAsync("POST /bad HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + octets);
        string all = await wire.ReadToEndAsync();
        all.ShouldStartWith($"HTTP/1.1 {status} ");
        all.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal).ShouldBe(0);

        (await _weir.AskAsync(Good)).ShouldStartWith("HTTP/1.1 200 ");
        string seen = _origin.TakeRecorded();
        seen.ShouldNotContain("smuggled");
        int at = seen.IndexOf("GET /good", StringComparison.Ordinal);
        seen[..at].ShouldNotContain("\r\n0\r\n");
    }

    [Fact]
    public async Task The_tables_hold_what_they_promise()
    {
        (BadHeads.Rows.Count + BadFramings.Rows.Count + BadChunks.Rows.Count).ShouldBeGreaterThan(150);
        (await SeenAsync()).ShouldBe(1);
    }

    private async Task RefusesUnseenAsync((string Name, string Octets, int Status) row)
    {
        using Wire wire = await _weir.ConnectAsync();
        await wire.TrySendAsync(row.Octets);
        (await wire.ReadResponseAsync()).ShouldStartWith($"HTTP/1.1 {row.Status} ");
        (await wire.ReadToEndAsync()).ShouldBe("");
        (await SeenAsync()).ShouldBe(1);
    }

    /// <summary>Good requests that the origin has seen, and nothing else.</summary>
    private async Task<int> SeenAsync()
    {
        (await _weir.AskAsync(Good)).ShouldStartWith("HTTP/1.1 200 ");
        string[] seen = _origin.TakeRecorded().Split("\r\n\r\n", StringSplitOptions.RemoveEmptyEntries);
        seen.ShouldAllBe(head => head.StartsWith("GET /good HTTP/1.1\r\nHost: h\r\n"));
        return seen.Length;
    }
}
