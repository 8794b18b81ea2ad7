using System.Net.Sockets;
using System.Text;
using Weir.Machine;
using Weir.Telemetry.Events;

namespace Weir.Tests.Machine;

/// <summary>Environment variables belong to the process: the tests of one class run one after the other.</summary>
public sealed class ServiceNotifierTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-notify-");
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_manager_is_told_at_a_path_and_at_an_abstract_name(bool isAbstract)
    {
        using ServiceNotifier notifier = Start(isAbstract);
        notifier.Ready("Serving\n:80");
        Receive().ShouldBe("READY=1\nSTATUS=Serving :80");
        notifier.Reloading();
        Receive().ShouldStartWith("RELOADING=1\nMONOTONIC_USEC=");
        notifier.Stopping(TimeSpan.FromSeconds(45));
        Receive().ShouldBe("STOPPING=1\nEXTEND_TIMEOUT_USEC=45000000\nSTATUS=Draining");
    }

    [Fact]
    public void Who_ends_is_neither_ready_nor_reloading_any_more()
    {
        using ServiceNotifier notifier = Start();
        notifier.Stopping(TimeSpan.FromSeconds(1));
        notifier.Reloading();
        notifier.Ready("Serving");
        notifier.Alive();
        Receive().ShouldStartWith("STOPPING=1");
        Receive().ShouldBe("WATCHDOG=1");
    }

    [Fact]
    public void What_it_was_told_in_the_environment_is_unset()
    {
        Environment.SetEnvironmentVariable("WATCHDOG_USEC", "10000000");
        using ServiceNotifier notifier = Start();

        notifier.IsHeard.ShouldBeTrue();
        notifier.WatchdogInterval.ShouldBe(TimeSpan.FromSeconds(5));
        Environment.GetEnvironmentVariable("NOTIFY_SOCKET").ShouldBeNull();
        Environment.GetEnvironmentVariable("WATCHDOG_USEC").ShouldBeNull();
    }

    [Fact]
    public void A_watchdog_of_another_process_is_not_fed()
    {
        Environment.SetEnvironmentVariable("WATCHDOG_USEC", "10000000");
        Environment.SetEnvironmentVariable("WATCHDOG_PID", "1");
        using ServiceNotifier notifier = Start();

        notifier.WatchdogInterval.ShouldBeNull();
    }

    [Fact]
    public void Without_a_manager_nothing_happens()
    {
        using ServiceNotifier notifier = ServiceNotifier.FromEnvironment(WeirLog.Silent);

        notifier.IsHeard.ShouldBeFalse();
        Should.NotThrow(() => notifier.Ready("Serving"));
    }

    [Fact]
    public async Task The_watchdog_is_fed_while_the_loops_answer_and_hungry_while_one_does_not()
    {
        Environment.SetEnvironmentVariable("WATCHDOG_USEC", "4000");
        using ServiceNotifier notifier = Start();
        using SemaphoreSlim asked = new(0);
        TaskCompletionSource stuck = new();
        int pings = 0;
        await using Watchdog? watchdog = Watchdog.Start(
            notifier,
            () =>
            {
                asked.Release();
                return ++pings == 2 ? stuck.Task : Task.CompletedTask;
            },
            WeirLog.Silent);
        watchdog.ShouldNotBeNull();

        // The first question is answered, the second is not: one sign of life, and no third question.
        Receive().ShouldBe("WATCHDOG=1");
        (await asked.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue();
        (await asked.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue();
        (await asked.WaitAsync(TimeSpan.FromMilliseconds(50))).ShouldBeFalse();
        _manager.Available.ShouldBe(0);

        stuck.SetResult();
        Receive().ShouldBe("WATCHDOG=1");
    }

    public void Dispose()
    {
        _manager.Dispose();
        _folder.Delete(recursive: true);
        foreach (string variable in new[] { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID" })
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    private ServiceNotifier Start(bool isAbstract = false)
    {
        string name = isAbstract ? $"weir-{Guid.NewGuid():N}" : Path.Combine(_folder.FullName, "socket");
        _manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : name));
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", isAbstract ? "@" + name : name);
        return ServiceNotifier.FromEnvironment(WeirLog.Silent);
    }

    private string Receive()
    {
        byte[] buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, _manager.Receive(buffer));
    }
}
