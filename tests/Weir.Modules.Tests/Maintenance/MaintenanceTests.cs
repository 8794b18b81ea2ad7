using Weir.Abstractions.Modules;
using Weir.Modules.Maintenance;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Maintenance;

public sealed class MaintenanceTests
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    [Theory]
    [InlineData(-1, "Open")]
    [InlineData(-Hour, "Open")]
    [InlineData(0, "Closed")]
    [InlineData(Hour - 1, "Closed")]
    [InlineData(Hour, "Open")]
    [InlineData(Day, "Closed")]
    [InlineData((10 * Day) + Hour, "Open")]
    [InlineData((10 * Day) + Hour - 1, "Closed")]
    public void A_daily_window_is_closed_from_its_beginning_to_its_end(long offset, string stage) =>
        new MaintenanceSchedule([new MaintenanceWindow(1000 * Day, Hour, Day)], 0).At((1000 * Day) + offset).Stage.ToString().ShouldBe(stage);

    [Fact]
    public void Windows_that_overlap_are_one()
    {
        MaintenanceSchedule schedule = new([new MaintenanceWindow(Day, Hour, 0), new MaintenanceWindow(Day + (Hour / 2), Hour, 0)], Hour);
        schedule.At(Day - Hour - 1).Stage.ShouldBe(MaintenanceStage.Open);
        schedule.At(Day - Hour).ShouldBe(new MaintenanceMoment(MaintenanceStage.Draining, Day, long.MinValue));
        schedule.At(Day + 1).UntilMs.ShouldBe(Day + Hour);
        schedule.At(Day + (Hour * 3 / 4)).UntilMs.ShouldBe(Day + (Hour * 3 / 2));
        schedule.At(Day + (Hour * 2)).ShouldBe(new MaintenanceMoment(MaintenanceStage.Open, long.MaxValue, Day + (Hour * 3 / 2)));
    }

    [Fact]
    public void The_end_of_the_repetition_before_is_known_within_a_window()
    {
        MaintenanceSchedule schedule = new([new MaintenanceWindow(Day, Hour, Day)], 0);
        schedule.At(Day + 1).LastEndMs.ShouldBe(long.MinValue);
        schedule.At((3 * Day) + 1).LastEndMs.ShouldBe((2 * Day) + Hour);
    }

    [Fact]
    public void What_was_closed_is_owed_until_it_was_opened()
    {
        ModuleMemory memory = new();
        Closure closure = new(memory);
        closure.IsUnknown.ShouldBeTrue();
        closure.IsOwed(long.MinValue, Day).ShouldBeFalse();
        closure.IsOwed(Day - 1, Day).ShouldBeTrue();
        closure.SetClosed();
        new Closure(memory).IsOwed(long.MinValue, 100 * Day).ShouldBeTrue();
        closure.SetOpen(Day + 5);
        closure.IsOwed(Day + 5, Day + 6).ShouldBeFalse();
        closure.IsOwed(2 * Day, (2 * Day) + 1).ShouldBeTrue();
        new Closure(memory).IsOwed(Day + 5, Day + 6).ShouldBeFalse();
    }

    [Theory]
    [InlineData("open")]
    [InlineData("open x")]
    [InlineData("open -1")]
    [InlineData("nonsense")]
    public void A_damaged_memory_is_none(string text)
    {
        Closure closure = new(new ModuleMemory(text));
        closure.IsClosed.ShouldBeFalse();
        closure.IsOwed(Day - 1, Day).ShouldBeTrue();
    }

    [Fact]
    public void A_window_that_ended_long_before_the_first_request_is_not_verified() =>
        new Closure(new ModuleMemory()).IsOwed(Day, Day + (2 * Hour)).ShouldBeFalse();

    [Fact]
    public void A_host_to_ask_is_checked() =>
        TestBuilder.ErrorOf(new MaintenanceFactory(), new MaintenanceOptions
        {
            Windows = [new WindowOptions { From = "2026-12-06T02:00:00Z", For = TimeSpan.FromHours(1) }],
            Verify = new VerifyOptions { Path = "/x", Host = "a b" },
        }).ShouldBe("verify.host: \"a b\" is not a host. Write it like www.example.com.");

    [Theory]
    [InlineData("tomorrow")]
    [InlineData("2026-12-06 02:00")]
    [InlineData("2026-12-06T02:00:00")]
    [InlineData("2026-13-06T02:00:00Z")]
    public void A_time_without_an_offset_is_an_error(string from) =>
        TestBuilder.ErrorOf(
            new MaintenanceFactory(), new MaintenanceOptions { Windows = [new WindowOptions { From = from, For = TimeSpan.FromHours(1) }] })
            .ShouldBe($"windows: \"{from}\" is not a date and time with an offset. Write it like \"2026-12-06T02:00:00+01:00\".");

    [Fact]
    public void A_window_that_never_ends_is_an_error() =>
        TestBuilder.ErrorOf(new MaintenanceFactory(), new MaintenanceOptions
        {
            Windows = [new WindowOptions { From = "2026-12-06T02:00:00Z", For = TimeSpan.FromDays(1), Repeat = RepeatInterval.Daily }],
        }).ShouldStartWith("windows: A window lasts until it begins again.");

    [Fact]
    public void Options_of_a_schedule_want_one()
    {
        Error(new MaintenanceOptions { Drain = TimeSpan.FromMinutes(1) }).ShouldStartWith("drain: Without windows");
        Error(new MaintenanceOptions { Verify = new VerifyOptions { Path = "/x" } }).ShouldStartWith("verify: Without windows");
        Error(new MaintenanceOptions { SessionCookie = "sid" }).ShouldStartWith("session_cookie: It tells known visitors");
        Error(new MaintenanceOptions { Page = "missing.html" }).ShouldStartWith("page: \"missing.html\" cannot be read");
    }

    [Fact]
    public void The_page_says_when_to_come_back_and_is_not_kept()
    {
        IModule module = new TestBuilder().Make(new MaintenanceFactory(), new MaintenanceOptions { RetryAfter = TimeSpan.FromSeconds(90) });
        TestExchange exchange = new("GET /x");
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.Response.Status.ShouldBe(503);
        exchange.ResponseFields.ShouldContain("Retry-After: 90");
        exchange.ResponseFields.ShouldContain("Cache-Control: no-store");
        exchange.AnswerBody().ShouldContain("Back soon");
    }

    private static string Error(MaintenanceOptions options) => TestBuilder.ErrorOf(new MaintenanceFactory(), options);
}
