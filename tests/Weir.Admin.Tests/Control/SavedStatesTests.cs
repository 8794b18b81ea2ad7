using Weir.Admin.Tests.Serving;
using Weir.Control;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Events;
using Weir.Upstream.Connecting;

namespace Weir.Admin.Tests.Control;

public sealed class SavedStatesTests
{
    [Fact]
    public void What_was_decided_is_known_to_the_next_process_and_readable_by_its_user_alone()
    {
        using TemporaryFolder folder = new();
        SavedStateFile file = new(folder.Path("states.json"));
        SavedStates first = new(file, WeirLog.Silent);
        first.Decide("app", [Server("red")], AdminState.Drain, "uid 1").ShouldBeNull();
        first.Decide("app", [Server("blue")], AdminState.Down, "uid 1").ShouldBeNull();
        first.Decide("app", [Server("green")], AdminState.Down, "uid 1").ShouldBeNull();
        first.Decide("app", [Server("green")], AdminState.Ready, "uid 1").ShouldBeNull();
        File.GetUnixFileMode(file.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        ServerState[] servers = [Server("red"), Server("blue"), Server("green"), Server("new")];
        Loaded(file).Recall("app", servers);
        servers.Select(server => server.AdminState).ShouldBe([AdminState.Drain, AdminState.Down, AdminState.Ready, AdminState.Ready]);
        ServerState other = Server("red");
        Loaded(file).Recall("other", [other]);
        other.AdminState.ShouldBe(AdminState.Ready);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"version":2,"servers":[]}""")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"servers":[null]}""")]
    [InlineData("""{"version":1,"servers":[{"upstream":"a","server":"b","state":"gone","by":"c"}]}""")]
    public void A_damaged_file_is_an_event_and_is_kept_aside(string content)
    {
        using TemporaryFolder folder = new();
        SavedStateFile file = new(folder.Write("states.json", content));
        SeenEvents events = new();
        SavedStates states = new(file, new WeirLog(events));
        states.Load();

        events.Names.ShouldBe(["saved_state_damaged"]);
        File.ReadAllText(file.Path + ".damaged").ShouldBe(content);
        ServerState server = Server("b");
        states.Decide("a", [server], AdminState.Drain, "uid 1").ShouldBeNull();
        File.Exists(file.Path).ShouldBeTrue();
    }

    [Fact]
    public void A_server_that_is_gone_for_a_month_is_forgotten_and_one_that_is_configured_never()
    {
        using TemporaryFolder folder = new();
        SavedStateFile file = new(folder.Path("states.json"));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        file.Write(
        [
            new SavedState("app", "gone", "down", "uid 1", now.AddDays(-90), now.AddDays(-31)),
            new SavedState("app", "old", "down", "uid 1", now.AddDays(-90), now.AddDays(-31)),
        ]);
        ServerState old = Server("old");
        SavedStates states = Loaded(file);
        states.Recall("app", [old]);
        old.AdminState.ShouldBe(AdminState.Down);

        states.Decide("app", [Server("other")], AdminState.Drain, "uid 1").ShouldBeNull();

        file.Read().Select(state => state.Server).Order(StringComparer.Ordinal).ShouldBe(["old", "other"]);
    }

    [Fact]
    public void What_cannot_be_saved_is_done_and_told()
    {
        using TemporaryFolder folder = new();
        SavedStateFile file = new(Path.Combine(folder.Write("file", ""), "states.json"));
        SeenEvents events = new();
        ServerState server = Server("red");

        new SavedStates(file, new WeirLog(events)).Decide("app", [server], AdminState.Drain, "uid 1").ShouldNotBeNull();

        server.AdminState.ShouldBe(AdminState.Drain);
        events.Names.ShouldBe(["saved_state_failed"]);
    }

    [Theory]
    [InlineData("app/red", "app", "red")]
    [InlineData("app/a/b", "app", "a/b")]
    [InlineData("https://a:1/a:1", "https://a:1", "a:1")]
    [InlineData("other/red", "other", "red")]
    public void A_name_is_cut_after_the_upstream_that_it_begins_with(string path, string upstream, string server)
    {
        ServerNames.TrySplit(path, ["a", "app", "https://a:1"], out string readUpstream, out string readServer).ShouldBeTrue();
        (readUpstream, readServer).ShouldBe((upstream, server));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("app")]
    [InlineData("app/")]
    [InlineData("/red")]
    public void A_name_without_two_parts_is_refused(string path) => ServerNames.TrySplit(path, ["app"], out _, out _).ShouldBeFalse();

    private static SavedStates Loaded(SavedStateFile file)
    {
        SavedStates states = new(file, WeirLog.Silent);
        states.Load();
        return states;
    }

    private static ServerState Server(string name) =>
        new(name, 1, isBackup: false, SocketConnector.ToAddress(Net.Sockets.SocketAddress.Any(1)), []);
}
