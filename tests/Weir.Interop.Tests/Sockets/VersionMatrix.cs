using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Weir.Http.Http2;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Sockets;

/// <summary>
/// What an exchange can do, over real sockets, in the four combinations of the versions that client and origin speak. Both are of other
/// implementations than Weir's, but where those cannot say what is to be shown.
/// </summary>
public sealed class VersionMatrix : IDisposable
{
    private const string Listen = "listen: [{ address: \"127.0.0.1:0\", protocols: [h1, h2] }]\nlimits: { body_size: 1GiB }\n";
    private const long Huge = 12 << 20;
    private const int PausedAt = 64 * 1024;
    private const long BeyondBuffers = 64 << 20;

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly HttpClient _client = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(30) });

    public static TheoryData<int, int> Versions => new() { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 } };

    public void Dispose()
    {
        _client.Dispose();
        _deadline.Dispose();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Huge_content_goes_up_and_down(int clientVersion, int originVersion)
    {
        await using KestrelOrigin origin = await KestrelOrigin.StartAsync(originVersion, async context =>
        {
            long received = await PacedContent.CheckAsync(context.Request.Body, _deadline.Token);
            context.Response.Headers["x-received"] = received.ToString(CultureInfo.InvariantCulture);
            await PacedContent.WriteAsync(context.Response.Body, Huge, null, _deadline.Token);
            if (context.Response.SupportsTrailers())
            {
                context.Response.AppendTrailer("x-end", "1");
            }
        });
        await using RunningWeir weir = await StartAsync(origin.Url, originVersion);
        using HttpRequestMessage request = Request(weir, clientVersion, new PacedContent(Huge));
        request.Headers.TE.ParseAdd("trailers");
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _deadline.Token);
        response.Version.Major.ShouldBe(clientVersion);
        (await PacedContent.CheckAsync(await response.Content.ReadAsStreamAsync(_deadline.Token), _deadline.Token)).ShouldBe(Huge);
        response.Headers.GetValues("x-received").ShouldBe([Huge.ToString(CultureInfo.InvariantCulture)]);

        // Kestrel has no trailers in HTTP/1.1.
        string[] expected = originVersion == 1 ? [] : ["x-end: 1"];
        response.TrailingHeaders.Select(field => $"{field.Key}: {field.Value.Single()}").ShouldBe(expected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Trailers_behind_chunks_reach_the_client(int clientVersion)
    {
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-end\r\n\r\n2\r\nok\r\n0\r\nx-end: 1\r\n\r\n");
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await StartAsync(origin.Url, originVersion: 1);
        using HttpRequestMessage request = Request(weir, clientVersion);
        request.Headers.TE.ParseAdd("trailers");
        using HttpResponseMessage response = await _client.SendAsync(request, _deadline.Token);
        (await response.Content.ReadAsStringAsync(_deadline.Token)).ShouldBe("ok");
        response.TrailingHeaders.GetValues("x-end").ShouldBe(["1"]);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_reset_by_the_origin_reaches_the_client_as_one(int clientVersion, int originVersion)
    {
        TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using KestrelOrigin origin = await KestrelOrigin.StartAsync(originVersion, async context =>
        {
            await context.Response.WriteAsync("half", _deadline.Token);
            await read.Task.WaitAsync(_deadline.Token);
            context.Abort();
        });
        await using RunningWeir weir = await StartAsync(origin.Url, originVersion);
        using HttpResponseMessage response = await _client.SendAsync(
            Request(weir, clientVersion), HttpCompletionOption.ResponseHeadersRead, _deadline.Token);
        await using Stream content = await response.Content.ReadAsStreamAsync(_deadline.Token);
        byte[] half = new byte[4];
        await content.ReadExactlyAsync(half, _deadline.Token);
        read.SetResult();
        await Should.ThrowAsync<IOException>(async () => await content.ReadExactlyAsync(half, _deadline.Token));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_that_gives_up_cancels_at_the_origin_in_both_directions(int clientVersion, int originVersion)
    {
        TaskCompletionSource[] cancelled = [new(), new()];
        TaskCompletionSource arrived = new();
        await using KestrelOrigin origin = await KestrelOrigin.StartAsync(originVersion, async context =>
        {
            TaskCompletionSource told = cancelled[context.Request.Method == "GET" ? 0 : 1];
            using CancellationTokenRegistration registration = context.RequestAborted.Register(() => told.TrySetResult());
            if (context.Request.Method == "GET")
            {
                await context.Response.WriteAsync("half", _deadline.Token);
                await told.Task.WaitAsync(_deadline.Token);
                return;
            }

            byte[] half = new byte[PausedAt];
            await context.Request.Body.ReadExactlyAsync(half, _deadline.Token);
            arrived.SetResult();
            try
            {
                await context.Request.Body.ReadExactlyAsync(half, _deadline.Token);
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException)
            {
                told.TrySetResult();
            }
        });
        await using RunningWeir weir = await StartAsync(origin.Url, originVersion);
        if (clientVersion == 1)
        {
            // HttpClient ends its direction and no more, which clients of HTTP/1.1 may do and still read.
            await ResetAsync(weir, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", wire => wire.ReadUntilAsync("half"));
            await cancelled[0].Task.WaitAsync(_deadline.Token);
            string put = $"PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: {Huge}\r\n\r\n";
            await ResetAsync(weir, put + new string('x', PausedAt), _ => arrived.Task);
            await cancelled[1].Task.WaitAsync(_deadline.Token);
            return;
        }

        using (HttpResponseMessage response = await _client.SendAsync(
            Request(weir, clientVersion), HttpCompletionOption.ResponseHeadersRead, _deadline.Token))
        {
            await using Stream content = await response.Content.ReadAsStreamAsync(_deadline.Token);
            await content.ReadExactlyAsync(new byte[4], _deadline.Token);
        }

        await cancelled[0].Task.WaitAsync(_deadline.Token);
        using CancellationTokenSource givingUp = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token);
        Task<HttpResponseMessage> asked = _client.SendAsync(Request(weir, clientVersion, new PacedContent(Huge, PausedAt)), givingUp.Token);
        await arrived.Task.WaitAsync(_deadline.Token);
        await givingUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asked);
        await cancelled[1].Task.WaitAsync(_deadline.Token);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Content_that_is_expected_waits_for_its_100_and_is_not_sent_behind_a_refusal(int clientVersion, int originVersion)
    {
        TaskCompletionSource asking = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource reads = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using KestrelOrigin origin = await KestrelOrigin.StartAsync(originVersion, async context =>
        {
            if (context.Request.Path == "/no")
            {
                context.Response.StatusCode = 413;
                return;
            }

            asking.SetResult();
            await reads.Task.WaitAsync(_deadline.Token);
            long received = await PacedContent.CheckAsync(context.Request.Body, _deadline.Token);
            await context.Response.WriteAsync(received.ToString(CultureInfo.InvariantCulture), _deadline.Token);
        });
        await using RunningWeir weir = await StartAsync(origin.Url, originVersion);
        PacedContent content = new(1000);
        using HttpRequestMessage request = Request(weir, clientVersion, content);
        request.Headers.ExpectContinue = true;
        Task<HttpResponseMessage> asked = _client.SendAsync(request, _deadline.Token);
        await asking.Task.WaitAsync(_deadline.Token);
        content.Begun.IsCompleted.ShouldBeFalse();
        reads.SetResult();
        using HttpResponseMessage response = await asked;
        (await response.Content.ReadAsStringAsync(_deadline.Token)).ShouldBe("1000");

        // Less than 1 KiB HttpClient sends in any case.
        PacedContent unwanted = new(PausedAt);
        using HttpRequestMessage refused = Request(weir, clientVersion, unwanted, "/no");
        refused.Headers.ExpectContinue = true;
        using HttpResponseMessage refusal = await _client.SendAsync(refused, _deadline.Token);
        refusal.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        unwanted.Sent.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_final_answer_may_come_while_the_client_still_sends(int clientVersion, int originVersion)
    {
        await using KestrelOrigin origin = await KestrelOrigin.StartAsync(originVersion, async context =>
        {
            context.Response.StatusCode = 403;
            context.Response.ContentLength = 2;
            await context.Response.WriteAsync("no", _deadline.Token);
        });
        await using RunningWeir weir = await StartAsync(origin.Url, originVersion);
        if (clientVersion == 1)
        {
            // HttpClient looks for an answer only behind the last octet of its own.
            using Wire wire = await weir.ConnectAsync();
            await wire.SendAsync("PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\n\r\nhalf");
            string answer = await wire.ReadResponseAsync();
            answer.ShouldStartWith("HTTP/1.1 403 ");
            answer.ShouldEndWith("no");
            return;
        }

        using HttpResponseMessage response = await _client.SendAsync(
            Request(weir, clientVersion, new PacedContent(Huge, PausedAt)), HttpCompletionOption.ResponseHeadersRead, _deadline.Token);
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await response.Content.ReadAsStringAsync(_deadline.Token)).ShouldBe("no");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_slow_reader_holds_the_origin_up_and_gets_all_of_it(int clientVersion, int originVersion)
    {
        long sent = 0;
        await using KestrelOrigin origin = await KestrelOrigin.StartAsync(
            originVersion, context => PacedContent.WriteAsync(context.Response.Body, BeyondBuffers, octets => Volatile.Write(ref sent, octets), _deadline.Token));
        await using RunningWeir weir = await StartAsync(origin.Url, originVersion);
        using HttpResponseMessage response = await _client.SendAsync(
            Request(weir, clientVersion), HttpCompletionOption.ResponseHeadersRead, _deadline.Token);
        await UntilItRestsAsync(() => Volatile.Read(ref sent));
        Volatile.Read(ref sent).ShouldBeLessThan(BeyondBuffers / 2);
        (await PacedContent.CheckAsync(await response.Content.ReadAsStreamAsync(_deadline.Token), _deadline.Token)).ShouldBe(BeyondBuffers);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Interim_answers_come_before_the_final_one(int clientVersion, int originVersion)
    {
        await using RawOrigin origin = new(originVersion == 1 ? HintAsync : HintInFramesAsync);
        await using RunningWeir weir = await StartAsync(origin.Url, originVersion);
        (int code, string output, string error) = await Programs.RunAsync("curl", "-sS", "-i", CurlVersion(clientVersion), weir.Url);
        code.ShouldBe(0, error);
        string[] heads = [.. output.Split('\n').Select(line => line.TrimEnd()).Where(line => line.StartsWith("HTTP/", StringComparison.Ordinal))];
        heads.Select(head => head.Split(' ')[1]).ShouldBe(["103", "200"]);
        output.ShouldContain("ink: </a>");
        output.ShouldEndWith("ok");
    }

    private async Task ResetAsync(RunningWeir weir, string request, Func<Wire, Task> until)
    {
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(request);
        await until(wire).WaitAsync(_deadline.Token);
        wire.Reset();
    }

    private static async Task HintAsync(Wire wire)
    {
        await wire.ReadHeadAsync();
        await wire.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + RawOrigin.Answer);
        await wire.ReadToEndAsync();
    }

    private static async Task HintInFramesAsync(Wire wire)
    {
        await wire.SendAsync(
            Text([.. Http2Octets.Frame(FrameType.Settings, 0, 0), .. Http2Octets.Frame(FrameType.Settings, FrameFlags.Ack, 0)]));
        await wire.ReadExactlyAsync(Preface.Octets.Length);
        FrameHeader frame;
        do
        {
            frame = FrameHeader.Read(System.Text.Encoding.Latin1.GetBytes(await wire.ReadExactlyAsync(FrameHeader.Octets)));
            await wire.ReadExactlyAsync(frame.Length);
        }
        while (frame.Type != FrameType.Headers);
        await wire.SendAsync(Text(
        [
            .. Http2Octets.Frame(
                FrameType.Headers, FrameFlags.EndHeaders, frame.StreamId, Http2Octets.Block(":status", "103", "link", "</a>")),
            .. Http2Octets.Frame(FrameType.Headers, FrameFlags.EndHeaders, frame.StreamId, Http2Octets.Block(":status", "200")),
            .. Http2Octets.Frame(FrameType.Data, FrameFlags.EndStream, frame.StreamId, (byte)'o', (byte)'k'),
        ]));
        await wire.ReadToEndAsync();
    }

    private static string Text(byte[] octets) => System.Text.Encoding.Latin1.GetString(octets);

    private static string CurlVersion(int version) => version == 1 ? "--http1.1" : "--http2-prior-knowledge";

    private static HttpRequestMessage Request(RunningWeir weir, int version, HttpContent? content = null, string path = "/") =>
        new(content is null ? HttpMethod.Get : HttpMethod.Put, weir.Url + path)
        {
            Content = content,
            Version = new Version(version, version == 1 ? 1 : 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    private static Task<RunningWeir> StartAsync(string url, int originVersion) => RunningWeir.StartAsync(Listen + $$"""
        upstreams:
          app: { servers: [{ url: "{{url}}", protocol: h{{originVersion}} }] }
        sites:
          "*": app
        """);

    // A count that stands still while the other side does not read: as many looks in a row as no scheduler explains.
    private async Task UntilItRestsAsync(Func<long> count)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        long last = -1;
        for (int same = 0; same < 15; same = last == count() && last > 0 ? same + 1 : 0)
        {
            last = count();
            await timer.WaitForNextTickAsync(_deadline.Token);
        }
    }
}
