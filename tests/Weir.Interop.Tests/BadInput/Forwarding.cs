using System.Text.RegularExpressions;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.BadInput;

/// <summary>What an origin sees of <see cref="OddRequests"/>, octet for octet.</summary>
public sealed partial class Forwarding : IAsyncLifetime
{
    private const string Identity = "Forwarded: for=127.0.0.1;host=h;proto=http\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: h\r\n"
        + "X-Forwarded-Proto: http\r\nX-Request-Id: N\r\nVia: 1.1 weir\r\nCDN-Loop: weir-N\r\n";

    private RawOrigin _origin = null!;
    private RunningWeir _weir = null!;

    public static TheoryData<string> Names => [.. OddRequests.Rows.Select(row => row.Name)];

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

    [Theory, MemberData(nameof(Names))]
    public async Task The_origin_sees_exactly_this(string name)
    {
        (_, string sent, string seen) = OddRequests.Rows.Single(row => row.Name == name);
        (await _weir.AskAsync(sent)).ShouldStartWith("HTTP/1.1 200 ");
        string expected = seen.Replace("{identity}", Identity).Replace("{identity10}", Identity.Replace("Via: 1.1", "Via: 1.0"));
        Drawn().Replace(_origin.TakeRecorded(), "N").ShouldBe(expected);
    }

    /// <summary>The numbers that Weir draws: a request's and its own.</summary>
    [GeneratedRegex("(?<=X-Request-Id: )[0-9a-f]{32}(?=\r)|(?<=CDN-Loop: weir-)[0-9a-f]{8}(?=\r)")]
    private static partial Regex Drawn();
}
