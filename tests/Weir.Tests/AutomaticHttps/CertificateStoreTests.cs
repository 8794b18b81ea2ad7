using Weir.Acme;
using Weir.AutomaticHttps;
using Weir.LocalAuthority;
using Weir.Telemetry.Events;

namespace Weir.Tests.AutomaticHttps;

public sealed class CertificateStoreTests : IDisposable
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-store-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_kept_is_read_back_and_nobody_else_can_read_it()
    {
        CertificateStore store = Store();
        PemPair pair = LocalRoot.SignSelf("a.weir-test.org", TimeProvider.System);
        store.Write("a.weir-test.org", pair).ShouldBeTrue();
        store.Remember("a.weir-test.org", new SavedCertificate { Failures = 3, LastError = "why" });
        using AccountKey key = AccountKey.Make();
        Uri directory = new("https://acme.test/dir");
        store.WriteKey(directory, key).ShouldBeTrue();
        store.WriteAccount(directory, new SavedAccount { Account = "https://acme.test/1" });
        store.WriteChallenge("token", "token.print");

        store.Read("a.weir-test.org").ShouldNotBeNull().Certificate.Names.ShouldBe(["a.weir-test.org"]);
        store.Recall("a.weir-test.org").Failures.ShouldBe(3);
        store.ReadAccount(directory).ShouldNotBeNull().Key.Thumbprint.ShouldBe(key.Thumbprint);
        foreach (string file in Directory.GetFiles(_folder, "*", SearchOption.AllDirectories))
        {
            File.GetUnixFileMode(file).ShouldBe(FileMode, file);
        }

        foreach (string folder in Directory.GetDirectories(_folder, "*", SearchOption.AllDirectories))
        {
            File.GetUnixFileMode(folder).ShouldBe(FolderMode, folder);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void A_damaged_certificate_is_put_aside(string content)
    {
        CertificateStore store = Store();
        store.Write("a.weir-test.org", LocalRoot.SignSelf("a.weir-test.org", TimeProvider.System));
        string file = store.PathOf("a.weir-test.org");
        File.WriteAllText(file, content);
        store.Read("a.weir-test.org").ShouldBeNull();
        File.Exists(file).ShouldBeFalse();
        File.ReadAllText(file + ".damaged").ShouldBe(content);
    }

    [Fact]
    public void A_certificate_for_another_name_is_put_aside()
    {
        CertificateStore store = Store();
        store.Write("a.weir-test.org", LocalRoot.SignSelf("b.weir-test.org", TimeProvider.System));
        store.Read("a.weir-test.org").ShouldBeNull();
        File.Exists(store.PathOf("a.weir-test.org") + ".damaged").ShouldBeTrue();
    }

    [Fact]
    public void Damaged_notes_and_accounts_are_put_aside_too()
    {
        CertificateStore store = Store();
        Uri directory = new("https://acme.test/dir");
        using AccountKey key = AccountKey.Make();
        store.WriteKey(directory, key);
        store.Remember("a.weir-test.org", new SavedCertificate());
        foreach (string file in Directory.GetFiles(_folder, "*", SearchOption.AllDirectories))
        {
            File.WriteAllText(file, "{");
        }

        store.Recall("a.weir-test.org").ShouldBe(new SavedCertificate());
        store.ReadAccount(directory).ShouldBeNull();
        Directory.GetFiles(_folder, "*.damaged", SearchOption.AllDirectories).Length.ShouldBe(2);
    }

    [Fact]
    public void A_wildcard_has_a_file_of_its_own()
    {
        CertificateStore store = Store();
        store.PathOf("*.weir-test.org").ShouldBe(Path.Combine(_folder, "acme/certificates/_wildcard.weir-test.org.pem"));
    }

    [Fact]
    public async Task Another_process_finds_the_answer_of_a_challenge_until_it_is_over()
    {
        Store().WriteChallenge("token-1", "token-1.print");
        (await Store().FindChallengeAsync("token-1")).ShouldBe("token-1.print");
        Store().RemoveChallenge("token-1");
        (await Store().FindChallengeAsync("token-1")).ShouldBeNull();
    }

    [Fact]
    public void A_lock_is_held_by_one_at_a_time()
    {
        using (Store().TryLock("a.weir-test.org").ShouldNotBeNull())
        {
            Store().TryLock("a.weir-test.org").ShouldBeNull();
            using IDisposable? other = Store().TryLock("b.weir-test.org");
            other.ShouldNotBeNull();
        }

        using IDisposable? again = Store().TryLock("a.weir-test.org");
        again.ShouldNotBeNull();
    }

    private CertificateStore Store() => new(Path.Combine(_folder, "acme"), WeirLog.Silent);
}
