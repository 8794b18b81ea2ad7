using System.Net;
using Weir.Admin.Access;

namespace Weir.Admin.Tests.Access;

public sealed class AdminGuardTests
{
    private const string Token = "0123456789abcdef-token";

    private static readonly AdminCall _local = new()
    {
        Method = "GET",
        Path = "/api/v1/status",
        Host = "127.0.0.1:9900",
        Remote = IPAddress.Loopback,
        Local = IPAddress.Loopback,
    };

    private static readonly AdminCall _remote = _local with { Host = "192.0.2.7:9900", Remote = IPAddress.Parse("192.0.2.9"), Local = IPAddress.Parse("192.0.2.7") };

    [Theory]
    [InlineData("localhost:9900")]
    [InlineData("LOCALHOST")]
    [InlineData("127.0.0.1:9900")]
    [InlineData("[::1]:9900")]
    [InlineData("admin.internal:9900")]
    public void Its_own_names_are_answered(string host) => Check(_local with { Host = host }).ShouldBeNull();

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:9900")]
    [InlineData("localhost.evil.example")]
    [InlineData("192.0.2.1:9900")]
    [InlineData("")]
    [InlineData("localhost, evil.example")]
    public void A_foreign_host_is_misdirected(string host) => Check(_local with { Host = host })!.Status.ShouldBe(421);

    [Fact]
    public void A_foreign_host_is_refused_over_the_socket_too_and_to_probes() =>
        Check(_local with { Host = "evil.example", IsOverSocket = true, Path = "/livez" })!.Status.ShouldBe(421);

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("https://127.0.0.1:9900")]
    [InlineData("http://127.0.0.1:9901")]
    [InlineData("http://127.0.0.1:9900,http://127.0.0.1:9900")]
    [InlineData("")]
    public void A_foreign_origin_is_refused(string origin) => Check(_local with { Origin = origin })!.Status.ShouldBe(403);

    [Fact]
    public void Its_own_origin_is_answered() =>
        Check(_local with { Origin = "http://127.0.0.1:9900", FetchSite = "same-origin" }).ShouldBeNull();

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    [InlineData("none, cross-site")]
    public void A_page_of_another_site_is_refused(string site) => Check(_local with { FetchSite = site })!.Status.ShouldBe(403);

    [Fact]
    public void What_a_proxy_on_this_machine_passes_on_does_not_count_as_local()
    {
        Check(_local with { IsForwarded = true })!.Status.ShouldBe(401);
        Check(_local with { IsForwarded = true, Authorization = "Bearer " + Token }).ShouldBeNull();
        Check(_local with { IsForwarded = true, Path = "/readyz" }).ShouldBeNull();
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("get")]
    public void A_change_over_TCP_needs_the_token(string method)
    {
        Check(_local with { Method = method })!.Status.ShouldBe(401);
        Check(_local with { Method = method, Authorization = "Bearer wrong-token-0123456789" })!.Status.ShouldBe(401);
        Check(_local with { Method = method, Authorization = "Basic " + Token })!.Status.ShouldBe(401);
        Check(_local with { Method = method, Authorization = "Bearer " + Token }).ShouldBeNull();
    }

    [Fact]
    public void Without_a_token_changes_go_over_the_socket_only()
    {
        AdminGuard guard = new([], token: null);
        guard.Check(_local with { Method = "POST", Authorization = "Bearer " })!.Status.ShouldBe(403);
        guard.Check(_local with { Method = "POST", IsOverSocket = true, Remote = null, Local = null, Host = "localhost" }).ShouldBeNull();
        guard.Check(_local).ShouldBeNull();
    }

    [Fact]
    public void Reading_from_another_machine_needs_the_token_but_probes_do_not()
    {
        Check(_remote)!.Status.ShouldBe(401);
        Check(_remote with { Authorization = "bearer " + Token }).ShouldBeNull();
        Check(_remote with { Path = "/readyz" }).ShouldBeNull();
        Check(_remote with { Path = "/metrics" })!.Status.ShouldBe(401);
        new AdminGuard([], token: null).Check(_remote)!.Status.ShouldBe(403);
    }

    [Fact]
    public void An_address_that_is_mapped_into_IPv6_is_the_same_address()
    {
        AdminCall mapped = _local with { Remote = IPAddress.Loopback.MapToIPv6(), Local = IPAddress.Loopback.MapToIPv6() };
        Check(mapped).ShouldBeNull();
        Check(_remote with { Local = _remote.Local!.MapToIPv6(), Authorization = "Bearer " + Token }).ShouldBeNull();
    }

    private static Refusal? Check(AdminCall call)
    {
        using TemporaryFolder folder = new();
        return new AdminGuard(["admin.internal"], new AdminToken(folder.Write("token", Token + "\n"))).Check(call);
    }
}
