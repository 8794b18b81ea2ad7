using System.Security.Cryptography.X509Certificates;
using Weir.AutomaticHttps;
using Weir.Config.Model;
using Weir.LocalAuthority;
using Weir.Telemetry.Events;
using Weir.Tests.AutomaticHttps;

namespace Weir.Tests.LocalAuthority;

public sealed class LocalRootTests : IDisposable
{
    private readonly ManualTime _time = new() { Now = TimeProvider.System.GetUtcNow() };
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-root-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("localhost")]
    [InlineData("*.internal")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_leaf_is_verified_by_the_root_and_good_for_a_week(string name)
    {
        LocalRoot root = Open();
        PemPair pair = root.Issue(name);
        using X509Certificate2 leaf = X509Certificate2.CreateFromPem(pair.Chain, pair.Key);
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(root.RootPem));
        chain.Build(leaf).ShouldBeTrue();
        (leaf.NotAfter.ToUniversalTime() - _time.Now.UtcDateTime).ShouldBe(LocalRoot.LeafLifetime, TimeSpan.FromMinutes(1));
        KeptCertificate.Read(pair).Names.ShouldBe([name]);
    }

    [Fact]
    public void The_root_is_made_once_and_its_file_is_private()
    {
        string first = Open().Fingerprint;
        Open().Fingerprint.ShouldBe(first);
        File.GetUnixFileMode(PathOfRoot).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        LocalAuthorityRoot.Find(new ProcessConfig { Data = _folder }).ShouldNotBeNull().Pem.ShouldNotContain("PRIVATE");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void A_root_that_is_damaged_or_over_is_put_aside_and_another_made(int years)
    {
        string first = Open().Fingerprint;
        if (years == 0)
        {
            File.WriteAllText(PathOfRoot, "no root");
        }

        _time.Now = _time.Now.AddYears(years);
        Open().Fingerprint.ShouldNotBe(first);
        File.Exists(PathOfRoot + ".damaged").ShouldBeTrue();
    }

    private string PathOfRoot => Path.Combine(_folder, "local-authority/root.pem");

    private LocalRoot Open() => RootFile.Open(new ProcessConfig { Data = _folder }, WeirLog.Silent, _time);
}
