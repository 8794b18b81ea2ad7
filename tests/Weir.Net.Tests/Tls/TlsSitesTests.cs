using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Net.Tests.Testing;
using Weir.Net.Tls;

namespace Weir.Net.Tests.Tls;

public sealed class TlsSitesTests : IDisposable
{
    private readonly TestLoop _test = new();
    private readonly TlsTicketKeys _tickets = new();
    private readonly TestCertificate _one = TestCertificate.Ecdsa("one.test");
    private readonly TestCertificate _two = TestCertificate.Ecdsa("two.test");

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Sites_that_did_not_change_keep_their_contexts()
    {
        TlsServerOptions one = Options("one", _one.Load());
        TlsServerOptions two = Options("two", _two.Load());
        TlsSites before = Build(null, one, two);
        TlsSite oneBefore = Find(before, "one.test");
        TlsSite twoBefore = Find(before, "two.test");

        // What the files hold is the same object again; what is asked of clients is not.
        TlsSites after = Build(before, one with { }, two with { ClientAuthorities = _one.Pem, RequiresClientCertificate = true });
        Find(after, "one.test").ShouldBeSameAs(oneBefore);
        Find(after, "two.test").ShouldNotBeSameAs(twoBefore);
        before.DisposeOn(_test.Loop, after);
        Serves(Find(after, "one.test"), _one).ShouldBeTrue("The context that was carried over is not given back.");

        TlsSites last = Build(after, Options("one", _two.Load()));
        Find(last, "one.test").ShouldNotBeSameAs(oneBefore);
        after.DisposeOn(_test.Loop, last);
        last.Discard(running: null);
    }

    [Fact]
    public void What_was_prepared_in_vain_takes_nothing_along()
    {
        TlsServerOptions one = Options("one", _one.Load());
        TlsSites running = Build(null, one);
        Build(running, one, Options("two", _two.Load())).Discard(running);
        Serves(Find(running, "one.test"), _one).ShouldBeTrue();
        running.Discard(running: null);
    }

    [Fact]
    public void Other_hosts_of_a_site_do_not_make_its_contexts_anew()
    {
        TlsServerOptions one = Options("one", _one.Load());
        TlsSites before = Build(null, one);
        TlsSites after = Build(before, one with { Hosts = ["other.test"] });
        Find(after, "other.test").ShouldBeSameAs(Find(before, "one.test"));
        after.Discard(running: null);
    }

    private static TlsServerOptions Options(string site, TlsCertificate certificate) => new()
    {
        Policy = new TlsPolicy(site, "", certificate.Fingerprint, certificate.Names),
        Certificates = [certificate],
        Hosts = [$"{site}.test"],
    };

    private static TlsSite Find(TlsSites sites, string name) => sites.Find(Encoding.ASCII.GetBytes(name)).ShouldNotBeNull();

    private TlsSites Build(TlsSites? running, params TlsServerOptions[] sites) =>
        TlsSites.TryBuild(sites, 1, _tickets, out _, running).ShouldNotBeNull();

    private bool Serves(TlsSite site, TestCertificate certificate)
    {
        TlsClientOptions options = new() { ServerName = "one.test", Authorities = certificate.Pem };
        using TlsClientContext client = TlsClientContext.Create(options, out _).ShouldNotBeNull();
        using TlsPair pair = new(_test, site.OfLoop(0), client);
        return pair.ShakeHands() == (Net.Connections.ReadStatus.Data, Net.Connections.ReadStatus.Data);
    }
}
