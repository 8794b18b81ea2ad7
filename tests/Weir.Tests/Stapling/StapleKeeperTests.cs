using Weir.Net.Tls;
using Weir.Stapling;
using Weir.Telemetry.Events;

namespace Weir.Tests.Stapling;

/// <summary>Proves when a certificate is shown with an OCSP response, when the next is asked for, and what the operator is told.</summary>
public sealed class StapleKeeperTests : IDisposable
{
    private readonly OcspAuthority _authority = new();
    private readonly FakeTime _time = new();
    private readonly Responder _responder = new();
    private readonly KeptEvents _events = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task A_good_response_is_stapled_and_asked_for_again_in_the_middle_of_its_life()
    {
        TlsCertificate certificate = _authority.Issue("a.test");
        StapleKeeper keeper = NewKeeper();
        _responder.Response = _authority.Answer("a.test");
        keeper.Follow([certificate]);
        certificate.Staple.Response.ShouldBeNull();
        await keeper.LookAsync(CancellationToken.None);
        certificate.Staple.Response.ShouldBe(_responder.Response);
        _responder.Asked.ShouldBe(1);

        await PassAsync(keeper, TimeSpan.FromMinutes(25));
        _responder.Asked.ShouldBe(1, "Half of its hour is not over.");
        await PassAsync(keeper, TimeSpan.FromMinutes(10));
        _responder.Asked.ShouldBe(2);
        StapleReport report = keeper.ReportOf(certificate).ShouldNotBeNull();
        report.Status.ShouldBe(OcspStatus.Good);
        report.IsStapled.ShouldBeTrue();
        report.Problem.ShouldBeNull();
        _events.Names.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_response_out_of_its_time_is_taken_away_and_tries_become_rarer()
    {
        TlsCertificate certificate = _authority.Issue("a.test");
        StapleKeeper keeper = NewKeeper();
        _responder.Response = _authority.Answer("a.test");
        keeper.Follow([certificate]);
        await keeper.LookAsync(CancellationToken.None);
        _responder.Response = null;
        await PassAsync(keeper, TimeSpan.FromMinutes(40));
        certificate.Staple.Response.ShouldNotBeNull("It is good for an hour.");
        await PassAsync(keeper, TimeSpan.FromMinutes(25));
        certificate.Staple.Response.ShouldBeNull();
        _events.Names.ShouldContain("staple_missing");

        int before = _responder.Asked;
        for (int i = 0; i < 24 * 60; i++)
        {
            await PassAsync(keeper, TimeSpan.FromMinutes(1));
        }

        (_responder.Asked - before).ShouldBeInRange(20, 30, "About one try an hour at last.");
    }

    [Fact]
    public async Task A_stale_response_is_not_stapled()
    {
        TlsCertificate certificate = _authority.Issue("a.test");
        StapleKeeper keeper = NewKeeper();
        _responder.Response = _authority.Answer("a.test", minutes: 5);
        _time.Advance(TimeSpan.FromMinutes(10));
        keeper.Follow([certificate]);
        await keeper.LookAsync(CancellationToken.None);
        certificate.Staple.Response.ShouldBeNull();
        keeper.ReportOf(certificate)!.Problem.ShouldNotBeNull().ShouldStartWith("it was good until");
    }

    [Fact]
    public async Task A_revoked_certificate_loses_its_staple_and_the_operator_is_told()
    {
        TlsCertificate certificate = _authority.Issue("a.test");
        StapleKeeper keeper = NewKeeper();
        _responder.Response = _authority.Answer("a.test");
        keeper.Follow([certificate]);
        await keeper.LookAsync(CancellationToken.None);
        _responder.Response = _authority.Answer("a.test", "R");
        await PassAsync(keeper, TimeSpan.FromMinutes(40));
        certificate.Staple.Response.ShouldBeNull();
        _events.Names.ShouldBe(["staple_refused"]);
        keeper.ReportOf(certificate)!.Status.ShouldBe(OcspStatus.Revoked);
    }

    [Fact]
    public async Task A_demanded_staple_that_is_not_there_is_told_of_once()
    {
        TlsCertificate certificate = _authority.Issue("a.test", mustStaple: true);
        StapleKeeper keeper = NewKeeper();
        keeper.Follow([certificate]);
        await keeper.LookAsync(CancellationToken.None);
        await PassAsync(keeper, TimeSpan.FromMinutes(2));
        _events.Names.Count(name => name == "staple_demanded").ShouldBe(1);
    }

    [Fact]
    public async Task A_restart_finds_what_was_kept_and_a_reload_keeps_what_is_there()
    {
        TlsCertificate certificate = _authority.Issue("a.test");
        StapleKeeper keeper = NewKeeper();
        _responder.Response = _authority.Answer("a.test");
        keeper.Follow([certificate]);
        await keeper.LookAsync(CancellationToken.None);
        keeper.Follow([certificate]);
        certificate.Staple.Response.ShouldNotBeNull();

        certificate.Staple.Response = null;
        StapleKeeper next = NewKeeper();
        next.Follow([certificate]);
        certificate.Staple.Response.ShouldBe(_responder.Response);
        await next.LookAsync(CancellationToken.None);
        _responder.Asked.ShouldBe(1, "It is not due.");

        next.Follow([]);
        certificate.Staple.Response.ShouldBeNull();
        next.ReportOf(certificate).ShouldBeNull();
    }

    [Fact]
    public void What_was_kept_is_believed_no_more_than_what_is_fetched()
    {
        TlsCertificate certificate = _authority.Issue("a.test");
        StapleFiles files = new(_authority.Folder);
        files.Write(certificate, _authority.Answer("a.test", "R"));
        NewKeeper().Follow([certificate]);
        certificate.Staple.Response.ShouldBeNull();
        files.Write(certificate, [1, 2, 3]);
        NewKeeper().Follow([certificate]);
        certificate.Staple.Response.ShouldBeNull();
    }

    private StapleKeeper NewKeeper() => new(_responder, new StapleFiles(_authority.Folder), new WeirLog(_events), _time);

    private async Task PassAsync(StapleKeeper keeper, TimeSpan time)
    {
        _time.Advance(time);
        await keeper.LookAsync(CancellationToken.None);
    }

    private sealed class Responder : IOcspResponder
    {
        public byte[]? Response { get; set; }

        public int Asked { get; private set; }

        public Task<(byte[]? Response, string Problem)> AskAsync(TlsCertificate certificate, CancellationToken ending)
        {
            Asked++;
            return Task.FromResult((Response, Response is null ? "nobody answers" : ""));
        }
    }
}
