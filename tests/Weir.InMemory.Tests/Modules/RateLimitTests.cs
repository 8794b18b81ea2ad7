using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves that `rate_limit` tells clients what they have left, in the page of its refusal too.</summary>
public sealed class RateLimitTests
{
    [Fact]
    public void A_refusal_is_a_page_that_says_what_is_left_and_when_there_is_more()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            sites:
              "*":
                stack: [{ rate_limit: { rate: 1/h, headers: true } }]
                routes: [{ to: "http://10.0.0.1:80" }]
            """);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse()["RateLimit"].ShouldBe("\"default\";r=0;t=3600");

        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Accept: application/json");
        Message refusal = client.TakeResponse();
        refusal.Status.ShouldBe(429);
        refusal["Content-Type"].ShouldBe("application/json");
        refusal["Retry-After"].ShouldBe("3600");
        refusal["RateLimit-Policy"].ShouldBe("\"default\";q=1;w=3600");
        refusal["RateLimit"].ShouldBe("\"default\";r=0;t=3600");

        // What one refusal carried is not left behind for another error of the connection's next exchange.
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Host: b.test");
        Message other = client.TakeResponse();
        other.Status.ShouldBe(400);
        other["RateLimit"].ShouldBeNull();
        proxy.AssertClean();
    }
}
