using Weir.InMemory.Tests.Harness;
using Weir.Telemetry.Events;

namespace Weir.InMemory.Tests.Limits;

/// <summary>Whoever is cut off by an option of `limits` leaves an event that names it.</summary>
public sealed class LimitNoteTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", 11_000)]
    [InlineData("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\nx", 30_000)]
    [InlineData("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 999999999\r\n\r\n", 0)]
    public void Slow_and_large_requests(string octets, int afterMs)
    {
        using Proxy proxy = new();
        proxy.Connect().Send(octets);
        proxy.Advance(afterMs);
        proxy.Events.CountOf(OperatorEvents.ClientOverLimit).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void Huge_heads()
    {
        using Proxy proxy = new();
        proxy.Connect().Send($"GET / HTTP/1.1\r\nHost: a.test\r\nX: {new string('x', 40_000)}\r\n\r\n");
        proxy.Connect().Send("GET / HTTP/1.1\r\nHost: a.test\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 200)) + "\r\n");
        proxy.Events.CountOf(OperatorEvents.ClientOverLimit).ShouldBe(2);
        proxy.AssertClean();
    }

    [Fact]
    public void Malformed_requests_are_no_matter_of_limits()
    {
        using Proxy proxy = new();
        proxy.Connect().Send("GET / HTTP/1.1\r\nHost : a.test\r\n\r\n");
        proxy.Events.CountOf(OperatorEvents.ClientOverLimit).ShouldBe(0);
        proxy.AssertClean();
    }
}
