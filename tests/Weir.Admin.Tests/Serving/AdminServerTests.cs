using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Weir.Abstractions.Options;
using Weir.Admin.Serving;
using Weir.Config;
using Weir.Control;
using Weir.Modules;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Events;

namespace Weir.Admin.Tests.Serving;

public sealed class AdminServerTests
{
    private const string Three = """
        upstreams:
          app: { servers: [ { url: "http://127.0.0.1:1", name: red }, "http://127.0.0.1:2", { url: "http://127.0.0.1:3", backup: true } ] }
        sites:
          "a.example, b.example":
            stack: [ { headers: { response: { set: { X-A: b } } } } ]
            routes:
              - { path: /api/*, method: [GET], to: app }
              - { to: app }
        """;

    [Fact]
    public async Task Status_tells_of_the_process_and_of_each_server()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Three);
        JsonElement status = await JsonAsync(weir.Tcp, "/api/v1/status");

        status.GetProperty("listeners")[0].GetString().ShouldBe(weir.Host.Addresses[0]);
        status.GetProperty("config_file").GetString().ShouldBe(weir.ConfigFile);
        status.GetProperty("generation").GetInt64().ShouldBe(1);
        status.GetProperty("ready").GetBoolean().ShouldBeTrue();
        JsonElement app = status.GetProperty("upstreams")[0];
        app.GetProperty("name").GetString().ShouldBe("app");
        JsonElement red = app.GetProperty("servers")[0];
        red.GetProperty("name").GetString().ShouldBe("red");
        red.GetProperty("url").GetString().ShouldBe("http://127.0.0.1:1");
        red.GetProperty("state").GetString().ShouldBe("ready");
        red.GetProperty("health").GetString().ShouldBe("healthy");
        red.GetProperty("connections").GetInt32().ShouldBe(0);
        red.GetProperty("requests").GetInt64().ShouldBe(0);
        app.GetProperty("servers")[2].GetProperty("backup").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Sites_and_routes_are_told_with_their_stacks_and_lines()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Three);
        JsonElement site = (await JsonAsync(weir.Tcp, "/api/v1/sites")).GetProperty("sites")[0];
        site.GetProperty("hosts").GetArrayLength().ShouldBe(2);
        JsonElement route = (await JsonAsync(weir.Tcp, "/api/v1/routes")).GetProperty("routes")[0];
        route.GetProperty("path").GetString().ShouldBe("/api/*");
        route.GetProperty("to")[0].GetString().ShouldBe("app");
        route.GetProperty("line").GetInt32().ShouldBe(11);
        route.GetProperty("stack")[0].GetProperty("module").GetString().ShouldBe("headers");
        route.GetProperty("stack")[0].GetProperty("line").GetInt32().ShouldBe(9);
    }

    [Fact]
    public async Task The_effective_configuration_reads_back_and_holds_no_token()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Three);
        string yaml = await weir.Unix.GetStringAsync("/api/v1/config");
        yaml.ShouldContain("admin:\n");
        yaml.ShouldNotContain(RunningAdmin.Token);
        ConfigReader.ReadText(yaml, "effective.yaml", new StandardModules()).Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_is_set_by_path_and_by_name_and_each_change_is_told_to_the_log()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Three);
        using HttpResponseMessage drained = await weir.Unix.PutAsync("/api/v1/upstreams/app/servers/127.0.0.1%3A2", Json("""{"state":"drain"}"""));
        drained.StatusCode.ShouldBe(HttpStatusCode.OK);
        State(weir, 1).ShouldBe(AdminState.Drain);

        using HttpRequestMessage wish = new(HttpMethod.Post, "/api/v1/servers") { Content = Json("""{"server":"app/127.0.0.1:2","state":"down"}""") };
        wish.Headers.Add("Authorization", "Bearer " + RunningAdmin.Token);
        using HttpResponseMessage down = await weir.Tcp.SendAsync(wish);
        JsonElement answer = JsonDocument.Parse(await down.Content.ReadAsStringAsync()).RootElement;
        answer.GetProperty("was").GetString().ShouldBe("drain");
        answer.GetProperty("warning").GetString().ShouldBe("");
        answer.GetProperty("server").GetProperty("state").GetString().ShouldBe("down");
        State(weir, 1).ShouldBe(AdminState.Down);
        weir.Events.Names.Count(name => name == "server_set").ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"server":"app/127.0.0.1:22","state":"drain"}""", 404, "app/127.0.0.1:2")]
    [InlineData("""{"server":"ap/red","state":"drain"}""", 404, "app/red")]
    [InlineData("""{"server":"red","state":"drain"}""", 422, "UPSTREAM/SERVER")]
    [InlineData("""{"server":"app/red","state":"off"}""", 422, "three states")]
    [InlineData("""{"state":"drain"}""", 422, "No server")]
    [InlineData("null", 400, "no JSON object")]
    [InlineData("{", 400, "no JSON object")]
    public async Task A_wrong_wish_changes_nothing_and_says_what_was_meant(string body, int status, string expected)
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Three);
        using HttpResponseMessage response = await weir.Unix.PostAsync("/api/v1/servers", Json(body));
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldContain(expected);
        State(weir, 0).ShouldBe(AdminState.Ready);
    }

    [Fact]
    public async Task Foreign_hosts_cross_site_pages_and_changes_without_a_token_are_refused_on_the_wire()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Three);
        (await StatusAsync(weir, "GET", "Host", "evil.example")).ShouldBe(421);
        (await StatusAsync(weir, "GET", "Origin", "http://evil.example")).ShouldBe(403);
        (await StatusAsync(weir, "GET", "Sec-Fetch-Site", "cross-site")).ShouldBe(403);
        (await StatusAsync(weir, "POST", "X-Nothing", "1")).ShouldBe(401);
        State(weir, 0).ShouldBe(AdminState.Ready);
    }

    [Fact]
    public async Task A_reload_over_the_socket_answers_with_its_report()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Three);
        await weir.Unix.PutAsync("/api/v1/upstreams/app/servers/red", Json("""{"state":"drain"}"""));
        File.WriteAllText(weir.ConfigFile, RunningAdmin.Frame(Three.Replace("127.0.0.1:2\"", "127.0.0.1:4\"", StringComparison.Ordinal)));
        using HttpResponseMessage done = await weir.Unix.PostAsync("/api/v1/reload", null);
        done.StatusCode.ShouldBe(HttpStatusCode.OK, await done.Content.ReadAsStringAsync());
        JsonElement report = JsonDocument.Parse(await done.Content.ReadAsStringAsync()).RootElement;
        report.GetProperty("generation").GetInt64().ShouldBe(2);
        report.GetProperty("servers").GetProperty("added")[0].GetString().ShouldBe("app/127.0.0.1:4");
        State(weir, 0).ShouldBe(AdminState.Drain);

        File.WriteAllText(weir.ConfigFile, "sites: 1");
        using HttpResponseMessage refused = await weir.Unix.PostAsync("/api/v1/reload", null);
        ((int)refused.StatusCode).ShouldBe(422);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("\"line\":1");
    }

    [Fact]
    public async Task A_server_that_comes_back_by_a_reload_has_its_old_state_before_its_first_request()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Three);
        await weir.Unix.PutAsync("/api/v1/upstreams/app/servers/127.0.0.1:2", Json("""{"state":"down"}"""));
        File.WriteAllText(weir.ConfigFile, RunningAdmin.Frame(Three.Replace("\"http://127.0.0.1:2\", ", "", StringComparison.Ordinal)));
        (await weir.Host.ReloadFileAsync()).IsApplied.ShouldBeTrue();
        weir.Host.Control.Upstreams()[0].Servers.Count.ShouldBe(2);
        File.WriteAllText(weir.ConfigFile, RunningAdmin.Frame(Three));
        (await weir.Host.ReloadFileAsync()).IsApplied.ShouldBeTrue();

        State(weir, 1).ShouldBe(AdminState.Down);
    }

    [Fact]
    public async Task Readiness_fails_while_it_drains_and_liveness_does_not()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Three);
        (await weir.Tcp.GetStringAsync("/readyz")).ShouldBe("ready\n");
        weir.Host.BeginDrain();
        using HttpResponseMessage ready = await weir.Tcp.GetAsync("/readyz");
        ((int)ready.StatusCode).ShouldBe(503);
        (await weir.Tcp.GetStringAsync("/livez")).ShouldBe("live\n");
    }

    [Fact]
    public async Task A_stuck_loop_is_named_and_neither_live_nor_ready()
    {
        using StuckFactory stuck = new();
        await using RunningAdmin weir = await RunningAdmin.StartAsync("""sites: { "*": { stack: [stuck] } }""", stuck);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPEndPoint.Parse(weir.Host.Addresses[0]));
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await stuck.IsStuck;
        foreach (string path in (string[])["/livez", "/readyz"])
        {
            using HttpResponseMessage answer = await weir.Unix.GetAsync(path);
            ((int)answer.StatusCode).ShouldBe(503);
            (await answer.Content.ReadAsStringAsync()).ShouldBe("loop 0 is stuck\n");
        }

        stuck.Free();
        await weir.Host.PingAsync();
        (await weir.Unix.GetStringAsync("/livez")).ShouldBe("live\n");
    }

    [Fact]
    public async Task A_full_port_does_not_lock_the_operator_out_of_the_socket()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Three);
        List<Socket> flood = [];
        try
        {
            for (int i = 0; i < 300; i++)
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                flood.Add(socket);
                await TrySendAsync(socket, IPEndPoint.Parse(weir.Tcp.BaseAddress!.Authority), "GET /livez HTTP/1.1\r\n"u8.ToArray());
            }

            (await weir.Unix.GetStringAsync("/livez")).ShouldBe("live\n");

            // Those above the bound are closed, those below it wait for the rest of their heads.
            byte[] one = new byte[1];
            (await IsClosedAsync(flood[^1], one)).ShouldBeTrue();
            flood[0].Available.ShouldBe(0);
            flood[0].Poll(0, SelectMode.SelectRead).ShouldBeFalse();
        }
        finally
        {
            flood.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public void A_default_port_gives_way_to_a_listener_of_the_same_file()
    {
        using TemporaryFolder folder = new();
        SeenEvents events = new();
        string yaml = $"listen: [\":9900\"]\nprocess: {{ data: {folder.Path("data")} }}\nadmin: {{ socket: {folder.Path("a.sock")} }}\n{Three}";
        List<ConfigError> errors = [];
        OpenedAdmin opened = OpenedAdmin.Open(ConfigReader.ReadText(yaml, "test.yaml", new StandardModules()).Config!, new WeirLog(events), errors).ShouldNotBeNull();
        opened.Close();
        errors.ShouldBeEmpty();
        events.Names.ShouldBe(["admin_port_taken"]);
    }

    [Fact]
    public void A_token_that_cannot_be_read_is_an_error_before_anything_serves()
    {
        using TemporaryFolder folder = new();
        Errors($"admin: {{ socket: {folder.Path("a.sock")}, listen: \"127.0.0.1:0\", token_file: {folder.Path("missing")} }}", folder)
            .ShouldHaveSingleItem().ToString().ShouldContain("admin.token_file");
        File.Exists(folder.Path("a.sock")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("PUT", "/api/v1/reload", 405)]
    [InlineData("DELETE", "/api/v1/upstreams/app/servers/red", 405)]
    public async Task What_is_not_there_is_told_in_JSON(string method, string path, int status)
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Three);
        using HttpResponseMessage response = await weir.Unix.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        ((int)response.StatusCode).ShouldBe(status);
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString()!.ShouldContain(path);
    }

    [Fact]
    public async Task Only_its_user_can_open_the_socket_and_it_is_gone_afterwards()
    {
        string path;
        await using (RunningAdmin weir = await RunningAdmin.StartAsync(Three))
        {
            path = weir.SocketPath;
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public void A_written_place_that_another_Weir_has_is_an_error_and_a_default_one_is_not()
    {
        using TemporaryFolder folder = new();
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        List<ConfigError> errors = Errors($"admin: {{ socket: {folder.Path("a.sock")}, listen: \"127.0.0.1:{port}\" }}", folder);
        errors.ShouldHaveSingleItem().ToString().ShouldContain($"admin.listen: Weir cannot listen on 127.0.0.1:{port}");
    }

    [Fact]
    public void A_socket_that_a_dead_process_left_is_replaced_and_a_file_is_not()
    {
        using TemporaryFolder folder = new();
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(folder.Path("bound.sock")));
            File.Move(folder.Path("bound.sock"), folder.Path("dead.sock"));
        }

        File.Exists(folder.Path("dead.sock")).ShouldBeTrue();
        Errors($"admin: {{ socket: {folder.Path("dead.sock")}, listen: \"127.0.0.1:0\" }}", folder).ShouldBeEmpty();
        string precious = folder.Write("precious", "words");
        Errors($"admin: {{ socket: {precious}, listen: \"127.0.0.1:0\" }}", folder).ShouldHaveSingleItem().ToString().ShouldContain("admin.socket");
        File.ReadAllText(precious).ShouldBe("words");
    }

    private static List<ConfigError> Errors(string admin, TemporaryFolder folder, WeirLog? log = null)
    {
        string yaml = $"listen: [\"127.0.0.1:0\"]\nprocess: {{ loops: 1, data: {folder.Path("data")} }}\nlog: {{ access: off }}\n{admin}\n{Three}";
        ConfigResult read = ConfigReader.ReadText(yaml, "test.yaml", new StandardModules());
        List<ConfigError> errors = [.. read.Errors];
        OpenedAdmin.Open(read.Config!, log ?? WeirLog.Silent, errors)?.Close();
        return errors;
    }

    // Above the bound it may be closed already.
    private static async Task TrySendAsync(Socket socket, IPEndPoint to, byte[] octets)
    {
        try
        {
            await socket.ConnectAsync(to);
            await socket.SendAsync(octets);
        }
        catch (SocketException)
        {
            // Told by reading.
        }
    }

    private static async Task<bool> IsClosedAsync(Socket socket, byte[] target)
    {
        try
        {
            return await socket.ReceiveAsync(target) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static AdminState State(RunningAdmin weir, int server)
    {
        AdminStates.TryParse(weir.Host.Control.Upstreams()[0].Servers[server].State, out AdminState state).ShouldBeTrue();
        return state;
    }

    private static async Task<int> StatusAsync(RunningAdmin weir, string method, string field, string value)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), method == "GET" ? "/api/v1/status" : "/api/v1/servers");
        request.Headers.TryAddWithoutValidation(field, value).ShouldBeTrue();
        using HttpResponseMessage response = await weir.Tcp.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static async Task<JsonElement> JsonAsync(HttpClient client, string path) =>
        JsonDocument.Parse(await client.GetStringAsync(path)).RootElement;

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
