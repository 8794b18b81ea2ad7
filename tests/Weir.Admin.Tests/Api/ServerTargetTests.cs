using System.Text;
using Weir.Admin.Api;

namespace Weir.Admin.Tests.Api;

public sealed class ServerTargetTests
{
    [Theory]
    [InlineData("/api/v1/upstreams/app/servers/10.0.0.1:80", "app", "10.0.0.1:80")]
    [InlineData("/api/v1/upstreams/app/servers/red?x=1", "app", "red")]
    [InlineData("/api/v1/upstreams/https%3A%2F%2Fa:443/servers/a%3A443", "https://a:443", "a:443")]
    [InlineData("/api/v1/upstreams/a%252Fb/servers/c", "a%2Fb", "c")]
    public void Names_are_decoded_once(string target, string upstream, string server)
    {
        ServerTarget.TryParse(target, out string readUpstream, out string readServer).ShouldBeTrue();
        (readUpstream, readServer).ShouldBe((upstream, server));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("/api/v1/upstreams/app/servers/")]
    [InlineData("/api/v1/upstreams//servers/a")]
    [InlineData("/api/v1/upstreams/app/servers/a/b")]
    [InlineData("/api/v1/upstreams/app/servers/%")]
    [InlineData("/api/v1/upstreams/app/servers/%4")]
    [InlineData("/api/v1/upstreams/app/servers/%zz")]
    [InlineData("/api/v1/upstreams/app/servers/%00")]
    [InlineData("http://localhost/api/v1/upstreams/app/servers/a")]
    public void Anything_else_is_refused(string target) => ServerTarget.TryParse(target, out _, out _).ShouldBeFalse();

    [Fact]
    public void Any_name_comes_back_as_it_was_and_any_target_is_read_without_an_exception()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int round = 0; round < 20_000; round++)
        {
            string upstream = Name(random);
            string server = Name(random);
            string target = $"/api/v1/upstreams/{Uri.EscapeDataString(upstream)}/servers/{Uri.EscapeDataString(server)}";
            ServerTarget.TryParse(target, out string readUpstream, out string readServer).ShouldBeTrue($"seed {seed}: {target}");
            (readUpstream, readServer).ShouldBe((upstream, server), $"seed {seed}");
            char[] broken = target.ToCharArray();
            broken[random.Next(broken.Length)] = (char)random.Next(1, 300);
            bool isRead = ServerTarget.TryParse(new string(broken), out _, out readServer);
            (isRead && readServer.Any(char.IsControl)).ShouldBeFalse($"seed {seed}");
        }
    }

    private static string Name(Random random)
    {
        const string Letters = "abc/%:?#[]@ \u00e9\u4e2d.-_";
        StringBuilder text = new();
        for (int length = random.Next(1, 12); length > 0; length--)
        {
            text.Append(Letters[random.Next(Letters.Length)]);
        }

        return text.ToString();
    }
}
