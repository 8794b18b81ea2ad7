using System.Text;
using Weir.Admin.Access;

namespace Weir.Admin.Tests.Access;

public sealed class HostNameTests
{
    [Theory]
    [InlineData("localhost", "localhost")]
    [InlineData("LOCALHOST:9900", "localhost")]
    [InlineData("localhost.", "localhost")]
    [InlineData("127.0.0.1:9900", "127.0.0.1")]
    [InlineData("[::1]", "::1")]
    [InlineData("[::1]:9900", "::1")]
    [InlineData("admin_1.internal:1", "admin_1.internal")]
    public void A_host_is_read_with_or_without_a_port(string field, string expected)
    {
        HostName.TryParse(field, out string name).ShouldBeTrue();
        name.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":9900")]
    [InlineData(".")]
    [InlineData("localhost:")]
    [InlineData("localhost:x")]
    [InlineData("localhost:99999")]
    [InlineData("localhost:80:80")]
    [InlineData("evil.example@localhost")]
    [InlineData("localhost/")]
    [InlineData("localhost, evil.example")]
    [InlineData("[::1")]
    [InlineData("[]")]
    [InlineData("[localhost]")]
    [InlineData("[127.0.0.1]")]
    [InlineData("::1")]
    [InlineData("lo\u0000calhost")]
    public void What_is_no_host_is_refused(string field) => HostName.TryParse(field, out _).ShouldBeFalse();

    [Fact]
    public void Any_octets_are_read_without_an_exception_and_never_as_localhost_by_accident()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        const string Letters = "localhst:.[]@/1270%\0 \u00e9";
        for (int round = 0; round < 50_000; round++)
        {
            StringBuilder text = new();
            for (int length = random.Next(16); length > 0; length--)
            {
                text.Append(Letters[random.Next(Letters.Length)]);
            }

            string field = text.ToString();
            bool isHost = HostName.TryParse(field, out string name);
            name.ShouldBe(isHost ? name : "", $"seed {seed}");
            (isHost && name == "localhost" && !field.StartsWith("localhost", StringComparison.Ordinal)).ShouldBeFalse(
                $"seed {seed}: {field}");
        }
    }
}
