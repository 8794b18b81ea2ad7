using Weir.InMemory.Tests.Harness;
using Weir.Telemetry.Counting;

namespace Weir.InMemory.Tests.Secure;

/// <summary>Proves that only content keeps a TLS connection alive.</summary>
public sealed class IdleTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    [Fact]
    public void Parts_of_records_do_not_renew_the_idle_time()
    {
        using Proxy proxy = new(Proxy.Simple + "\nlimits: { idle_timeout: 10s }");
        using SecureListener listener = new(proxy);
        SecureClient client = listener.Connect();
        Ask(proxy, client);

        // A record of 16 KiB that never becomes whole.
        client.Far.PeerSend([23, 3, 3, 0x40, 0]);
        for (int second = 0; second < 9; second++)
        {
            client.Far.PeerSend([0]);
            proxy.Advance(1_000);
            client.Far.IsClosed.ShouldBeFalse($"after {second + 1} s");
        }

        client.Far.PeerSend([0]);
        proxy.Advance(1_100);
        client.Far.IsClosed.ShouldBeTrue();
        proxy.Counters.Total(Counter.TimeoutClientIdle).ShouldBe(1);
        client.Close();
        proxy.AssertClean();
    }

    [Fact]
    public void Requests_renew_it()
    {
        using Proxy proxy = new(Proxy.Simple + "\nlimits: { idle_timeout: 10s }");
        using SecureListener listener = new(proxy);
        SecureClient client = listener.Connect();
        for (int i = 0; i < 3; i++)
        {
            Ask(proxy, client);
            client.Far.PeerSend([]);
            proxy.Advance(8_000);
            client.Far.IsClosed.ShouldBeFalse();
        }

        proxy.Advance(2_500);
        client.Far.IsClosed.ShouldBeTrue();
        client.Close();
        proxy.AssertClean();
    }

    private static void Ask(Proxy proxy, SecureClient client)
    {
        client.Say(Request);
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "hello");
        client.Pump();
        client.Received.ShouldEndWith("hello");
    }
}
