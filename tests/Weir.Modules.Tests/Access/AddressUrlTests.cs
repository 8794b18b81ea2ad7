using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Modules.Access;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Access;

public sealed class AddressUrlTests
{
    private readonly HeardLog _log = new();
    private readonly StillTime _time = new();
    private readonly List<string?> _tags = [];
    private FetchedList _next;

    [Fact]
    public void A_list_is_fetched_at_once_and_again_after_its_time()
    {
        _next = new FetchedList("192.0.2.0/24 ; a comment\n# none\n203.0.113.7\n", "\"1\"", null);
        AddressUrl list = Make();
        WatchedTable table = Open(list);
        Line(table, "192.0.2.1").ShouldBe(0);
        list.Poll();
        Settle(table);
        Line(table, "192.0.2.1").ShouldBe(1);
        Line(table, "203.0.113.7").ShouldBe(3);
        table.Describe(table.Find(TestExchange.Address("203.0.113.7"))).ShouldBe("https://a.test/list:3");

        list.Poll();
        _tags.ShouldBe([null]);
        _next = default;
        _time.Move(TimeSpan.FromHours(1));
        list.Poll();
        _tags.ShouldBe([null, "\"1\""]);
        Settle(table);
        Line(table, "192.0.2.1").ShouldBe(1);
    }

    [Theory]
    [InlineData(null, "no route")]
    [InlineData("192.0.2.1\n<html>\n", null)]
    public void What_cannot_be_had_or_read_changes_nothing_and_is_told_once(string? text, string? problem)
    {
        _next = new FetchedList("192.0.2.1\n", null, null);
        AddressUrl list = Make();
        WatchedTable table = Open(list);
        list.Poll();
        Settle(table);
        _next = new FetchedList(text, null, problem);
        for (int i = 0; i < 3; i++)
        {
            _time.Move(TimeSpan.FromHours(1));
            list.Poll();
            Settle(table);
        }

        Line(table, "192.0.2.1").ShouldBe(1);
        _log.Warnings.ShouldHaveSingleItem().ShouldContain("The 1 ranges from before stay in force");
        _time.Move(TimeSpan.FromSeconds(50));
        list.Poll();
        _tags.Count.ShouldBe(4);
        _time.Move(TimeSpan.FromSeconds(10));
        _next = new FetchedList("192.0.2.2\n", null, null);
        list.Poll();
        Settle(table);
        Line(table, "192.0.2.1").ShouldBe(0);
        _log.Notes.ShouldContain(note => note.EndsWith("can be used again.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_comes_over_HTTP()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task server = Task.Run(
            () => Answer(listener, "HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 10\r\nConnection: close\r\n\r\n192.0.2.1\n"));
        FetchedList fetched = ListFetcher.Fetch($"http://{listener.LocalEndpoint}/list", "\"old\"");
        await server;
        fetched.ShouldBe(new FetchedList("192.0.2.1\n", "\"x\"", null));
        server = Task.Run(() => Answer(listener, "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        ListFetcher.Fetch($"http://{listener.LocalEndpoint}/list", null).Problem.ShouldBe("the server answered 500.");
        await server;
    }

    private static void Answer(TcpListener listener, string answer)
    {
        using TcpClient client = listener.AcceptTcpClient();
        client.GetStream().ReadAtLeast(new byte[4096], 16).ShouldBeGreaterThan(15);
        client.GetStream().Write(Encoding.ASCII.GetBytes(answer));
    }

    private AddressUrl Make() => new(
        AccessList.DenyUrl,
        "https://a.test/list",
        TimeSpan.FromHours(1),
        (_, tag) =>
        {
            _tags.Add(tag);
            return _next;
        },
        _log,
        _time);

    private WatchedTable Open(AddressUrl list) => new(new AccessOptions { DenyUrl = "https://a.test/list" }, [list], _log, []);

    private static void Settle(WatchedTable table)
    {
        table.Poll();
        table.Poll();
    }

    private static int Line(WatchedTable table, string address) => table.Find(TestExchange.Address(address)).Number;

    private sealed class StillTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Move(TimeSpan time) => _now += time.Ticks;
    }
}
