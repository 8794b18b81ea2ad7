using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Weir.Acme;
using Weir.AutomaticHttps;
using Weir.Config.Model;
using Weir.Control;
using Weir.LocalAuthority;
using Weir.Net.Tls;
using Weir.Stapling;
using Weir.Telemetry.Events;
using Position = Weir.Config.Model.Position;

namespace Weir.Tests.AutomaticHttps;

public sealed class CertificateKeeperTests : IAsyncDisposable
{
    private const string Name = "kept.weir-test.org";

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-keeper-").FullName;
    private readonly ManualTime _time = new();
    private readonly SmallIssuer _issuer;
    private readonly List<CertificateKeeper> _keepers = [];

    public CertificateKeeperTests() => _issuer = new SmallIssuer(_time);

    public async ValueTask DisposeAsync()
    {
        foreach (CertificateKeeper keeper in _keepers)
        {
            await keeper.DisposeAsync();
        }

        await _issuer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_certificate_is_got_once_and_renewed_at_two_thirds_of_its_time()
    {
        KeptCertificate kept = await KeepAsync(Keeper());
        string first = kept.Current.ShouldNotBeNull().Certificate.Fingerprint;
        kept.RenewAt.ShouldNotBeNull().ShouldBe(_time.Now.AddDays(60), TimeSpan.FromMinutes(1));

        _time.Now = _time.Now.AddDays(59);
        await WorkAsync(_keepers[0]);
        _issuer.Orders.Count.ShouldBe(1);

        _time.Now = _time.Now.AddDays(2);
        await WorkAsync(_keepers[0]);
        _issuer.Orders.Count.ShouldBe(2);
        kept.Current.Certificate.Fingerprint.ShouldNotBe(first);
        _issuer.Accounts.ShouldBe(1);
    }

    [Fact]
    public async Task A_certificate_is_told_of_once_listeners_show_it()
    {
        CertificateKeeper keeper = Keeper();
        SiteConfig site = Site(Name);
        WeirConfig config = Config(site, [_issuer]);
        List<string> states = [];
        StapleKeeper staples = new(new SilentResponder(), new StapleFiles(_folder), WeirLog.Silent);
        void Note() => states.Add(
            CertificateList.Of([], keeper, config, _time, staples).Single() is var one ? $"{one.State} {one.Fingerprint}" : "");
        keeper.Changed = () =>
        {
            Note();
            keeper.NoteInForce(keeper.Of(site, config).Select(one => one.Certificate));
            Note();
            return Task.CompletedTask;
        };
        KeptCertificate kept = await KeepAsync(keeper);
        string first = kept.Current!.Certificate.Fingerprint;
        states.ShouldBe(["stand-in ", $"good {first}"]);

        states.Clear();
        keeper.Renew(Name).ShouldBeTrue();
        await WorkAsync(keeper);
        string second = kept.Current!.Certificate.Fingerprint;
        second.ShouldNotBe(first);
        states.ShouldBe([$"good {first}", $"good {second}"]);
    }

    [Fact]
    public async Task The_issuers_advice_decides_when_and_the_order_names_what_it_replaces()
    {
        _issuer.Window = (_time.Now.AddDays(30), _time.Now.AddDays(32));
        KeptCertificate kept = await KeepAsync(Keeper());
        string id = RenewalId.Of(kept.Current.ShouldNotBeNull().ChainPem).ShouldNotBeNull();
        await WorkAsync(_keepers[0]);
        kept.RenewAt.ShouldBe(_time.Now.AddDays(31));
        _issuer.Advised.ShouldBe([id]);
        _issuer.Orders.ShouldHaveSingleItem().ShouldNotContain("replaces");

        // Asked again when the issuer says so; it has changed its mind, for a revocation perhaps.
        _time.Now = _time.Now.AddHours(5);
        await WorkAsync(_keepers[0]);
        _issuer.Advised.Count.ShouldBe(1);
        _issuer.Window = (_time.Now.AddDays(-2), _time.Now.AddDays(-1));
        _time.Now = _time.Now.AddHours(2);
        await WorkAsync(_keepers[0]);
        _issuer.Advised.Count.ShouldBe(2);
        _issuer.Orders.Count.ShouldBe(2);
        using JsonDocument order = JsonDocument.Parse(_issuer.Orders[1]);
        order.RootElement.GetProperty("replaces").GetString().ShouldBe(id);
    }

    [Fact]
    public async Task An_order_whose_predecessor_was_replaced_already_is_made_without_it()
    {
        _issuer.Window = (_time.Now.AddDays(30), _time.Now.AddDays(32));
        KeptCertificate kept = await KeepAsync(Keeper());
        string first = kept.Current.ShouldNotBeNull().Certificate.Fingerprint;
        _issuer.Refuse(409, "alreadyReplaced");
        _keepers[0].Renew(Name).ShouldBeTrue();
        await WorkAsync(_keepers[0]);
        _issuer.Orders.Select(order => order.Contains("replaces", StringComparison.Ordinal)).ShouldBe([false, true, false]);
        kept.Current.Certificate.Fingerprint.ShouldNotBe(first);
    }

    [Fact]
    public async Task A_rate_limit_is_respected_for_as_long_as_the_issuer_says()
    {
        _issuer.Refuse(429, "rateLimited", "7200");
        KeptCertificate kept = await KeepAsync(Keeper());
        kept.IsStandIn.ShouldBeTrue();
        kept.Notes.LastError.ShouldNotBeNull().ShouldContain("rateLimited");
        kept.Notes.NextTryAt.ShouldBe(_time.Now.AddHours(2));

        _time.Now = _time.Now.AddMinutes(119);
        await WorkAsync(_keepers[0]);
        _issuer.Orders.Count.ShouldBe(1);

        _time.Now = _time.Now.AddMinutes(2);
        await WorkAsync(_keepers[0]);
        _issuer.Orders.Count.ShouldBe(2);
        kept.IsStandIn.ShouldBeFalse();
        kept.Notes.Failures.ShouldBe(0);
    }

    [Fact]
    public async Task Failures_are_spread_out_and_a_restart_does_not_begin_anew()
    {
        _issuer.Refuse(403, "rejectedIdentifier");
        _issuer.Refuse(403, "rejectedIdentifier");
        KeptCertificate kept = await KeepAsync(Keeper());
        kept.Notes.NextTryAt.ShouldBe(_time.Now.AddSeconds(10));
        _time.Now = _time.Now.AddSeconds(11);
        await WorkAsync(_keepers[0]);
        kept.Notes.Failures.ShouldBe(2);
        kept.Notes.NextTryAt.ShouldBe(_time.Now.AddMinutes(2));

        KeptCertificate again = await KeepAsync(Keeper());
        _issuer.Orders.Count.ShouldBe(2);
        again.Notes.ShouldBe(kept.Notes);
        _keepers[1].Renew(Name).ShouldBeTrue();
        await WorkAsync(_keepers[1]);
        again.IsStandIn.ShouldBeFalse();
    }

    [Fact]
    public async Task Another_issuer_is_asked_while_the_first_wants_to_be_left_alone()
    {
        await using SmallIssuer second = new(_time);
        _issuer.Refuse(429, "rateLimited");
        KeptCertificate kept = await KeepAsync(Keeper(), second);
        kept.IsStandIn.ShouldBeFalse();
        kept.Notes.Issuer.ShouldBe(second.Url + "/dir");
        _keepers[0].Renew(Name);
        await WorkAsync(_keepers[0]);
        (_issuer.Orders.Count, second.Orders.Count).ShouldBe((2, 1));
    }

    [Fact]
    public async Task A_forgotten_account_is_made_anew_with_its_key()
    {
        KeptCertificate kept = await KeepAsync(Keeper());
        _issuer.Refuse(400, "accountDoesNotExist");
        _keepers[0].Renew(Name);
        await WorkAsync(_keepers[0]);
        (_issuer.Accounts, kept.Notes.Failures).ShouldBe((2, 0));
    }

    [Fact]
    public async Task A_certificate_that_another_process_renewed_is_taken_over()
    {
        KeptCertificate one = await KeepAsync(Keeper());
        KeptCertificate other = await KeepAsync(Keeper());
        other.Current!.Certificate.Fingerprint.ShouldBe(one.Current!.Certificate.Fingerprint);
        _time.Now = _time.Now.AddDays(61);
        await WorkAsync(_keepers[0]);
        File.SetLastWriteTimeUtc(_keepers[0].Store.PathOf(Name), DateTime.UnixEpoch.AddYears(56));
        await WorkAsync(_keepers[1]);
        other.Current.Certificate.Fingerprint.ShouldBe(one.Current.Certificate.Fingerprint);
        _issuer.Orders.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_another_process_works_on_is_left_to_it()
    {
        CertificateKeeper keeper = Keeper();
        using (keeper.Store.TryLock(Name).ShouldNotBeNull())
        {
            (await KeepAsync(keeper)).IsStandIn.ShouldBeTrue();
            _issuer.Orders.ShouldBeEmpty();
        }

        _time.Now = _time.Now.AddSeconds(4);
        await WorkAsync(keeper);
        keeper.All.ShouldHaveSingleItem().IsStandIn.ShouldBeFalse();
    }

    [Fact]
    public async Task A_local_name_has_its_certificate_at_once_and_renews_it_by_itself()
    {
        CertificateKeeper keeper = Keeper();
        SiteConfig site = Site("localhost");
        keeper.Of(site, Config(site, [])).Single().Certificate.Names.ShouldBe(["localhost"]);
        keeper.Use(Config(site, []));
        await WorkAsync(keeper);
        KeptCertificate kept = keeper.All.ShouldHaveSingleItem();
        string first = kept.Current!.Certificate.Fingerprint;
        _time.Now = _time.Now.AddDays(5);
        await WorkAsync(keeper);
        kept.Current.Certificate.Fingerprint.ShouldNotBe(first);
        _issuer.Orders.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_changed_address_is_told_to_the_issuer_at_once_and_a_refusal_holds_no_certificate_up()
    {
        KeptCertificate kept = await KeepAsync(Keeper());
        _issuer.Changes.ShouldBeEmpty();
        _issuer.RefusesChange = "invalidContact";
        await KeepAsync(_keepers[0], email: "ops@weir-test.org");
        _keepers[0].Renew(Name);
        await WorkAsync(_keepers[0]);
        kept.Notes.Failures.ShouldBe(0);
        (_issuer.Changes.Count, _issuer.Orders.Count, _issuer.Accounts).ShouldBe(
            (1, 2, 1), "The account stays open as it is until the next start.");

        await KeepAsync(Keeper(), email: "ops@weir-test.org");
        _issuer.Changes.ShouldBe(["""{"contact":["mailto:ops@weir-test.org"]}""", """{"contact":["mailto:ops@weir-test.org"]}"""]);
        await KeepAsync(Keeper(), email: "ops@weir-test.org");
        _issuer.Changes.Count.ShouldBe(2);
        await KeepAsync(_keepers[2]);
        _issuer.Changes[^1].ShouldBe("""{"contact":[]}""");
    }

    [Fact]
    public async Task A_revoked_certificate_is_followed_by_another_and_one_that_the_issuer_keeps_is_not()
    {
        CertificateKeeper keeper = Keeper();
        KeptCertificate kept = await KeepAsync(keeper);
        string first = kept.Current.ShouldNotBeNull().Certificate.Fingerprint;
        _issuer.RefusesChange = "unauthorized";
        (await keeper.RevokeAsync(Name, RevocationReason.KeyCompromise)).ShouldNotBeNull().ShouldContain("not so");
        await WorkAsync(keeper);
        kept.Current.Certificate.Fingerprint.ShouldBe(first);

        (await keeper.RevokeAsync(Name, RevocationReason.KeyCompromise)).ShouldBeNull();
        _issuer.Revoked.Count.ShouldBe(2);
        using JsonDocument wish = JsonDocument.Parse(_issuer.Revoked[1]);
        wish.RootElement.GetProperty("reason").GetInt32().ShouldBe(1);
        await WorkAsync(keeper);
        kept.Current.Certificate.Fingerprint.ShouldNotBe(first);

        _issuer.RefusesChange = "alreadyRevoked";
        (await keeper.RevokeAsync(Name, RevocationReason.Unspecified)).ShouldBeNull();
        (await keeper.RevokeAsync("other.weir-test.org", RevocationReason.Unspecified)).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_accounts_key_is_changed_on_the_disk_and_at_the_issuer_and_other_processes_take_it_over()
    {
        CertificateKeeper keeper = Keeper();
        CertificateKeeper other = Keeper();
        await KeepAsync(keeper);
        await KeepAsync(other);
        Uri directory = new(_issuer.Url + "/dir");
        string before = keeper.Store.ReadAccount(directory)!.Value.Key.Thumbprint;
        (await keeper.ChangeAccountKeysAsync()).ShouldHaveSingleItem().Problem.ShouldBeNull();
        string after = keeper.Store.ReadAccount(directory)!.Value.Key.Thumbprint;
        after.ShouldNotBe(before);
        keeper.Store.HasNextKey(directory).ShouldBeFalse();

        // RFC 8555 section 7.3.5: the inner message is signed by the new key, and names the old one.
        using JsonDocument inner = JsonDocument.Parse(_issuer.KeyChanges.ShouldHaveSingleItem());
        string payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(inner.RootElement.GetProperty("payload").GetString()));
        using JsonDocument wish = JsonDocument.Parse(payload);
        AccountKey.ThumbprintOf(wish.RootElement.GetProperty("oldKey").GetRawText()).ShouldBe(before);
        wish.RootElement.GetProperty("account").GetString().ShouldBe(_issuer.Url + "/account/1");

        other.Renew(Name);
        await WorkAsync(other);
        other.All.ShouldHaveSingleItem().Notes.Failures.ShouldBe(0);
        _issuer.Accounts.ShouldBe(1);
    }

    [Fact]
    public async Task A_key_change_that_a_crash_interrupted_is_settled_by_what_the_issuer_knows()
    {
        await KeepAsync(Keeper());
        CertificateStore store = _keepers[0].Store;
        Uri directory = new(_issuer.Url + "/dir");
        AccountKey next = AccountKey.Make();
        store.WriteNextKey(directory, next).ShouldBeTrue();

        // The small issuer says of every key that the account is its own: the change had reached it.
        CertificateKeeper keeper = Keeper();
        await KeepAsync(keeper);
        keeper.Renew(Name);
        await WorkAsync(keeper);
        store.ReadAccount(directory)!.Value.Key.Thumbprint.ShouldBe(next.Thumbprint);
        store.HasNextKey(directory).ShouldBeFalse();
        _issuer.AccountWishes[^1].ShouldContain("onlyReturnExisting");
    }

    [Fact]
    public async Task A_proof_by_tls_is_found_by_another_process_of_the_data_directory_while_it_lasts()
    {
        CertificateStore store = Keeper().Store;
        TlsAlpnProver one = new(new TlsTicketKeys(), store, _ => Task.CompletedTask, _time);
        TlsAlpnProver other = new(new TlsTicketKeys(), store, _ => Task.CompletedTask, _time);
        await other.LookAsync(Name);
        other.Find(Name).ShouldBeNull();
        await using (await one.ShowAsync(Name, "token", "token.thumb", CancellationToken.None))
        {
            await other.LookAsync(Name.ToUpperInvariant());
            other.Find(Name).ShouldNotBeNull();
            await other.LookAsync("../../accounts");
            other.Find("../../accounts").ShouldBeNull();
        }

        _time.Now = _time.Now.AddMinutes(2);
        other.Find(Name).ShouldBeNull();
        await other.LookAsync(Name);
        other.Find(Name).ShouldBeNull();
    }

    private CertificateKeeper Keeper()
    {
        CertificateStore store = new(Path.Combine(_folder, "acme"), WeirLog.Silent);
        Lazy<LocalRoot> root = new(() => RootFile.Open(new ProcessConfig { Data = _folder }, WeirLog.Silent, _time));
        CertificateKeeper keeper = new(store, root, WeirLog.Silent, _time, [new NoProver()], () => 0.5);
        _keepers.Add(keeper);
        return keeper;
    }

    private async Task<KeptCertificate> KeepAsync(CertificateKeeper keeper, SmallIssuer? second = null, string? email = null)
    {
        SiteConfig site = Site(Name);
        WeirConfig config = Config(site, second is null ? [_issuer] : [_issuer, second]);
        config = config with { Acme = config.Acme! with { Email = email } };
        _ = keeper.Of(site, config).ToList();
        keeper.Use(config);
        await WorkAsync(keeper);
        return keeper.All.Single();
    }

    private static async Task WorkAsync(CertificateKeeper keeper)
    {
        keeper.BeginWhatIsDue();
        await keeper.SettleAsync();
    }

    private static SiteConfig Site(string name) => new()
    {
        Name = name,
        Hosts = [new HostPattern(HostKind.Exact, name, Position.None)],
        Tls = new SiteTlsConfig { Mode = SiteTlsMode.Auto },
    };

    private static WeirConfig Config(SiteConfig site, SmallIssuer[] issuers) => new()
    {
        Listen = [new ListenerConfig { Tls = true }],
        Acme = new AcmeConfig { Issuers = [.. issuers.Select(issuer => new AcmeIssuerConfig { Directory = issuer.Url + "/dir" })] },
        Sites = new Dictionary<string, SiteConfig> { [site.Name] = site },
    };

    private sealed class SilentResponder : IOcspResponder
    {
        public Task<(byte[]? Response, string Problem)> AskAsync(TlsCertificate certificate, CancellationToken ending) =>
            Task.FromResult<(byte[]?, string)>((null, "nobody answers"));
    }

    /// <summary>The small issuer wants no proof.</summary>
    private sealed class NoProver : IProver
    {
        public AcmeChallenge Kind => AcmeChallenge.Http;

        public Task<IAsyncDisposable> ShowAsync(string name, string token, string authorization, CancellationToken cancelled) =>
            throw new InvalidOperationException("no proof is asked for");
    }
}
