using System.Globalization;
using System.Text;
using Weir.Telemetry.AccessLogs;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Telemetry.Tests.AccessLogs;

public sealed class AccessLogWriterTests : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-log-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "access.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Lines_of_several_threads_arrive_intact_in_order_and_their_counts_add_up()
    {
        const int Loops = 4;
        const int LinesPerLoop = 50_000;
        CounterSet counters = new(Loops);
        AccessLogWriter writer = AccessLogWriter.Start(Open(), counters, WeirLog.Silent, blocksPerLoop: 4);
        Thread[] loops = [.. Enumerable.Range(0, Loops)
            .Select(loop => new Thread(() => Produce(writer.BufferOf(loop), loop, LinesPerLoop)))];
        Array.ForEach(loops, loop => loop.Start());
        Array.ForEach(loops, loop => loop.Join());
        (await writer.FlushAndStopAsync(_patience)).ShouldBeTrue();

        int[] last = new int[Loops];
        Array.Fill(last, -1);
        long lines = 0;
        foreach (string line in File.ReadLines(Path))
        {
            string[] parts = line.Split(' ');
            parts.Length.ShouldBe(3);
            int loop = int.Parse(parts[0], CultureInfo.InvariantCulture);
            int number = int.Parse(parts[1], CultureInfo.InvariantCulture);
            parts[2].Length.ShouldBe(number % 700);
            number.ShouldBeGreaterThan(last[loop]);
            last[loop] = number;
            lines++;
        }

        lines.ShouldBe(counters.Total(Counter.AccessLogLines));
        (lines + counters.Total(Counter.AccessLogLinesDropped)).ShouldBe(Loops * LinesPerLoop);
        lines.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task A_rotated_file_gets_no_more_lines_after_a_reopen()
    {
        CounterSet counters = new(1);
        using SignallingSink sink = new();
        AccessLogWriter writer = AccessLogWriter.Start(Open(), counters, new WeirLog(sink));
        AccessLogBuffer buffer = writer.BufferOf(0);
        WriteLine(buffer, "before");
        buffer.Flush();
        writer.Reopen();
        sink.Wait(_patience).ShouldBe("access_log_reopened");
        File.Move(Path, Path + ".1");
        writer.Reopen();
        sink.Wait(_patience).ShouldBe("access_log_reopened");
        WriteLine(buffer, "after");
        buffer.Flush();
        (await writer.FlushAndStopAsync(_patience)).ShouldBeTrue();

        (await File.ReadAllTextAsync(Path + ".1")).ShouldBe("before\n");
        (await File.ReadAllTextAsync(Path)).ShouldBe("after\n");
    }

    [Fact]
    public async Task A_file_that_is_truncated_in_place_goes_on_from_its_beginning()
    {
        using FileLogTarget target = Open();
        target.Write("first\n"u8, out _).ShouldBe(6);
        await using (FileStream truncated = new(Path, FileMode.Truncate))
        {
            truncated.Length.ShouldBe(0);
        }

        target.Write("second\n"u8, out _).ShouldBe(7);
        (await File.ReadAllTextAsync(Path)).ShouldBe("second\n");
    }

    [Fact]
    public void A_new_file_cannot_be_read_by_everybody()
    {
        using FileLogTarget target = Open();
        UnixFileMode mode = File.GetUnixFileMode(Path);
        (mode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead)).ShouldBe(UnixFileMode.None);
        (mode & UnixFileMode.UserWrite).ShouldBe(UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_says_why()
    {
        FileLogTarget.TryOpen(System.IO.Path.Combine(_folder.FullName, "missing", "access.log"), out string? error).ShouldBeNull();
        error.ShouldBe("No such file or directory");
    }

    [Fact]
    public void A_full_device_is_an_error_and_not_an_exception()
    {
        using FileLogTarget? full = FileLogTarget.TryOpen("/dev/full", out _);
        full.ShouldNotBeNull().Write("x\n"u8, out string? error).ShouldBe(0);
        error.ShouldBe("No space left on device");
    }

    [Fact]
    public async Task A_target_that_never_takes_anything_does_not_hold_up_the_stop()
    {
        BlockedTarget target = new();
        AccessLogWriter writer = AccessLogWriter.Start(target, new CounterSet(1), WeirLog.Silent);
        WriteLine(writer.BufferOf(0), "stuck");
        writer.BufferOf(0).Flush();
        target.WasAsked.Wait(_patience).ShouldBeTrue();
        (await writer.FlushAndStopAsync(TimeSpan.FromMilliseconds(1))).ShouldBeFalse();
        target.Gate.Set();
        (await writer.FlushAndStopAsync(_patience)).ShouldBeTrue();
        target.IsDisposed.ShouldBeTrue();
    }

    private static void Produce(AccessLogBuffer buffer, int loop, int lines)
    {
        for (int i = 0; i < lines; i++)
        {
            Span<byte> line = buffer.Reserve();
            if (!line.IsEmpty)
            {
                int length = Encoding.ASCII.GetBytes($"{loop} {i} ", line);
                line.Slice(length, i % 700).Fill((byte)('a' + loop));
                length += i % 700;
                line[length++] = (byte)'\n';
                buffer.Commit(length, i / 100);
            }

            buffer.Tick(i / 100);
        }

        buffer.Flush();
    }

    private static void WriteLine(AccessLogBuffer buffer, string text) =>
        buffer.Commit(Encoding.ASCII.GetBytes(text + "\n", buffer.Reserve()), nowMs: 0);

    private FileLogTarget Open()
    {
        FileLogTarget? target = FileLogTarget.TryOpen(Path, out string? error);
        return target ?? throw new InvalidOperationException(error);
    }

    private sealed class SignallingSink : ILogSink, IDisposable
    {
        private readonly System.Collections.Concurrent.BlockingCollection<string> _names = [];

        public bool TryWrite(LogRecord record) => _names.TryAdd(record.Event.Name);

        public string? Wait(TimeSpan atMost) => _names.TryTake(out string? name, atMost) ? name : null;

        public void Dispose() => _names.Dispose();
    }

    private sealed class BlockedTarget : IAccessLogTarget
    {
        public ManualResetEventSlim Gate { get; } = new();

        public ManualResetEventSlim WasAsked { get; } = new();

        public bool IsDisposed { get; private set; }

        public string Name => "blocked";

        public int Write(ReadOnlySpan<byte> octets, out string? error)
        {
            WasAsked.Set();
            Gate.Wait();
            error = null;
            return octets.Length;
        }

        public string? Reopen() => null;

        public void Dispose() => IsDisposed = true;
    }
}
