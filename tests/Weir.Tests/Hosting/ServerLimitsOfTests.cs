using Weir.Config.Model;
using Weir.Hosting;
using Weir.Machine;
using Weir.Server;
using Weir.Telemetry.Events;

namespace Weir.Tests.Hosting;

public sealed class ServerLimitsOfTests : ILogSink
{
    private readonly List<LogRecord> _events = [];

    [Fact]
    public void More_connections_than_the_descriptor_limit_allows_are_clamped_with_a_message()
    {
        int possible = MachineLimits.PossibleConnections(MachineLimits.Descriptors);
        ServerLimits limits = ServerLimitsOf.Config(new LimitsConfig { Connections = int.MaxValue }, new WeirLog(this));
        limits.Connections.ShouldBe(possible);
        LogRecord told = _events.ShouldHaveSingleItem();
        told.Event.ShouldBe(OperatorEvents.DescriptorLimit);
        told.Values.Select(value => value.ToString()).ShouldBe([$"{int.MaxValue}", $"{possible}", $"{MachineLimits.Descriptors}"]);
    }

    [Fact]
    public void A_number_that_fits_is_taken_as_it_is()
    {
        ServerLimitsOf.Config(new LimitsConfig { Connections = 1 }, new WeirLog(this)).Connections.ShouldBe(1);
        _events.ShouldBeEmpty();
    }

    public bool TryWrite(LogRecord record)
    {
        _events.Add(record);
        return true;
    }
}
