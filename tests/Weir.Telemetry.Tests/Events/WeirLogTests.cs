using System.Text;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Telemetry.Tests.Events;

public sealed class WeirLogTests
{
    private readonly RecordingSink _sink = new();
    private readonly FakeTime _time = new();

    [Fact]
    public void An_event_is_one_line_with_its_remedy()
    {
        new WeirLog(_sink, time: _time).Write(OperatorEvents.DnsFailed, "app.internal", "no such name", 2);
        _sink.Text.ShouldBe(
            "2026-11-21T09:14:31.123Z warning dns_failed: app.internal does not resolve: no such name; 2 last good addresses stay in use"
            + " — Check the name and /etc/resolv.conf.\n");
    }

    [Fact]
    public void Events_below_the_level_are_not_written()
    {
        WeirLog log = new(_sink, EventLevel.Warning, _time);
        log.Write(OperatorEvents.ServerUp, "app", "a:80", "check passed");
        log.Write(OperatorEvents.ServerDown, "app", "a:80", "check failed");
        log.Minimum = EventLevel.Info;
        log.Write(OperatorEvents.ServerUp, "app", "a:80", "check passed");
        _sink.Names.ShouldBe(["server_down", "server_up"]);
        log.IsEnabled(OperatorEvents.ServerUp).ShouldBeTrue();
    }

    [Fact]
    public void A_flood_of_one_kind_is_held_back_and_counted()
    {
        SharedCounters counters = new();
        WeirLog log = new(_sink, EventLevel.Info, _time, counters);
        for (int i = 0; i < 1000; i++)
        {
            log.Write(OperatorEvents.OriginExtra, "app", "a:80");
        }

        log.Write(OperatorEvents.Reloaded, "weir.yaml", "nothing");
        _sink.Names.ShouldBe([.. Enumerable.Repeat("origin_extra", 10), "reloaded"]);
        counters.Read(Counter.EventsSuppressed).ShouldBe(990);

        _time.Advance(10_000);
        _sink.Records.Clear();
        log.Write(OperatorEvents.OriginExtra, "app", "a:80");
        _sink.Names.ShouldBe(["suppressed", "origin_extra"]);
        _sink.Text.ShouldContain("info suppressed: suppressed 990 more origin_extra events\n");
    }

    [Fact]
    public void What_was_held_back_is_said_even_if_nothing_follows()
    {
        WeirLog log = new(_sink, EventLevel.Info, _time);
        for (int i = 0; i < 12; i++)
        {
            log.Write(OperatorEvents.OriginExtra, "app", "a:80");
        }

        _sink.Records.Clear();
        log.FlushSuppressed();
        _sink.Records.ShouldBeEmpty();
        _time.Advance(10_000);
        log.FlushSuppressed();
        log.FlushSuppressed();
        _sink.Text.ShouldEndWith("suppressed: suppressed 2 more origin_extra events\n");
        _sink.Records.Count.ShouldBe(1);
    }

    [Fact]
    public void Several_threads_never_get_more_than_the_limit_through()
    {
        EventRateLimit limit = new(kinds: 1);
        int passed = 0;
        Parallel.For(0, 100_000, _ =>
        {
            if (limit.TryPass(0, nowMs: 0, out int _))
            {
                Interlocked.Increment(ref passed);
            }
        });
        passed.ShouldBeInRange(EventRateLimit.EventsPerWindow, EventRateLimit.EventsPerWindow + 2);
    }

    [Fact]
    public void Events_without_room_are_counted_as_lost()
    {
        _sink.Room = 1;
        WeirLog log = new(_sink, EventLevel.Info, _time);
        log.Write(OperatorEvents.Stopped, "SIGTERM");
        log.Write(OperatorEvents.Stopped, "SIGTERM");
        log.Lost.ShouldBe(1);
    }

    [Theory]
    [InlineData("a\nb", "a\\nb")]
    [InlineData("a\r\u001b[2Jb", "a\\u000D\\u001B[2Jb")]
    [InlineData("back\\slash", "back\\\\slash")]
    [InlineData("\u202egnp.exe", "\\u202Egnp.exe")]
    [InlineData("\u2028x", "\\u2028x")]
    [InlineData("Grüße 🌊", "Grüße 🌊")]
    public void A_value_cannot_forge_lines(string value, string written)
    {
        new WeirLog(_sink, time: _time).Write(OperatorEvents.LoopDetected, value);
        _sink.Text.ShouldContain($"loop_detected: A request for {written} came back");
        _sink.Text.Count(character => character == '\n').ShouldBe(1);
    }

    [Fact]
    public void Octets_of_a_peer_are_cut_and_escaped()
    {
        byte[] octets = new byte[5000];
        Array.Fill(octets, (byte)'x');
        octets[0] = 7;
        new WeirLog(_sink, time: _time).Write(OperatorEvents.LoopDetected, octets.AsSpan());
        _sink.Text.ShouldContain("\\u0007xxx");
        _sink.Text.Length.ShouldBeLessThan(1300);
    }

    [Fact]
    public void An_exception_is_one_line_too()
    {
        new WeirLog(_sink, time: _time).Write(OperatorEvents.LoopThrew, 3, new InvalidOperationException("first\nsecond"));
        _sink.Text.ShouldContain("An exception reached loop 3: InvalidOperationException: first\\nsecond — ");
    }

    [Fact]
    public void The_table_is_sound()
    {
        OperatorEvents.All.Select(happened => happened.Id).Distinct().Count().ShouldBe(OperatorEvents.All.Count);
        OperatorEvents.All.Select(happened => happened.Name).Distinct().Count().ShouldBe(OperatorEvents.All.Count);
        OperatorEvents.All.Select(happened => happened.Index).ShouldBe(Enumerable.Range(0, OperatorEvents.All.Count));
        foreach (OperatorEvent happened in OperatorEvents.All)
        {
            happened.Name.ShouldMatch("^[a-z0-9_]+$");
            happened.ValueNames.ShouldAllBe(name => name.Length > 0);
            bool needsRemedy = happened.Level >= EventLevel.Warning && happened != OperatorEvents.ConfigDoubt;
            (happened.Remedy.Length > 0 || !needsRemedy).ShouldBeTrue(happened.Name);
        }
    }

    [Fact]
    public void Levels_have_names()
    {
        EventLevels.TryParse("warning", out EventLevel level).ShouldBeTrue();
        level.ShouldBe(EventLevel.Warning);
        EventLevels.TryParse("Warning", out _).ShouldBeFalse();
        EventLevels.Names.ShouldBe(["debug", "info", "warning", "error"]);
    }

    [Fact]
    public void The_writer_writes_everything_before_it_stops()
    {
        MemoryStream stream = new();
        LogWriter writer = new(stream, LogFormat.Json);
        WeirLog log = new(writer, EventLevel.Info, _time);
        writer.Attach(log);
        log.Write(OperatorEvents.ProxyHeaderRefused, "192.0.2.1", ":443", "no\n\"signature\"");
        log.Write(OperatorEvents.Stopped, "SIGTERM");
        writer.Stop(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        writer.TryWrite(new LogRecord(OperatorEvents.Stopped, 0, [])).ShouldBeFalse();
        string[] lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n');
        lines.Length.ShouldBe(3);
        lines[0].ShouldBe(
            "{\"time\":\"2026-11-21T09:14:31.123Z\",\"level\":\"warning\",\"id\":304,\"event\":\"proxy_header_refused\","
            + "\"message\":\"192.0.2.1 sent no valid PROXY header to :443: no\\\\n\\\"signature\\\"\","
            + "\"remedy\":\"Make the sender speak the PROXY protocol, or take it off the listener's proxy_protocol.\","
            + "\"values\":{\"client\":\"192.0.2.1\",\"listener\":\":443\",\"reason\":\"no\\n\\\"signature\\\"\"}}");
        lines[1].ShouldContain("\"event\":\"stopped\"");
        writer.Dispose();
    }

    [Fact]
    public void A_stream_that_never_takes_anything_makes_nobody_wait()
    {
        using BlockedStream stream = new();
        LogWriter writer = new(stream, LogFormat.Text);
        WeirLog log = new(writer, EventLevel.Info, _time);
        OperatorEvent[] kinds = [.. OperatorEvents.All];
        for (int i = 0; i < 400; i++)
        {
            // Another window each round, so that the rate limit lets all pass.
            _time.Advance(10_000);
            foreach (OperatorEvent kind in kinds)
            {
                log.Write(kind);
            }
        }

        log.Lost.ShouldBeGreaterThan(0);
        stream.Unblock();
        writer.Stop(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        writer.Dispose();
    }

    private sealed class BlockedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _gate = new();

        public void Unblock() => _gate.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _gate.Wait();
            base.Write(buffer);
        }

        protected override void Dispose(bool disposing)
        {
            _gate.Dispose();
            base.Dispose(disposing);
        }
    }
}
