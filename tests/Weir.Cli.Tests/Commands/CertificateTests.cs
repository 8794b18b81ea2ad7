using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Weir.Cli.Tests.Commands;

/// <summary>weir certs and weir trust beside a running Weir.</summary>
public sealed partial class CertificateTests
{
    private const string Listing = """
        name                 state     source     issuer                    expires           next renewal      site                 remarks
        127.0.0.1            good      local      Weir local authority MARK TIME              TIME              localhost, 127.0.0.1
        file.test            good      file.pem   Small authority           TIME              -                 file.test            also www.file.test
        localhost            good      local      Weir local authority MARK TIME              TIME              localhost, 127.0.0.1
        waits.weir-cli.org   stand-in  acme       -                         -                 TIME              waits.weir-cli.org   TRIES failed
        waits.weir-cli.org: 127.0.0.1:1: 127.0.0.1 cannot be reached: Connection refused

        """;

    [Fact]
    public async Task Certificates_are_listed_as_expected_renewed_by_name_and_their_root_is_printed()
    {
        using TemporaryFolder folder = new();
        MakePair(folder);
        string file = folder.Write("weir.yaml", """
            listen: [{ address: "127.0.0.1:0", tls: true }]
            process: { data: data }
            admin: { socket: admin.sock, listen: "127.0.0.1:0" }
            log: { access: off }
            acme: { issuers: [{ directory: "https://127.0.0.1:1/directory" }] }
            sites:
              "localhost, 127.0.0.1": { tls: auto, stack: [{ respond: { status: 200 } }] }
              waits.weir-cli.org: { stack: [{ respond: { status: 200 } }] }
              file.test: { tls: { certificate: file.pem, key: file.key }, stack: [{ respond: { status: 200 } }] }
            """);
        await using WeirProgram weir = WeirProgram.Start("run", "-c", file);
        await weir.SeeAsync("admin_started");
        await weir.SeeAsync("certificate_failed");

        (int code, string output, string errors) = await WeirProgram.RunAsync("certs", "-c", file);
        code.ShouldBe(0, errors);
        Plain(output, folder).ShouldBe(Plain(Listing, folder));
        (_, output, _) = await WeirProgram.RunAsync("status", "-c", file);
        output.ShouldContain(
            "Certificate of waits.weir-cli.org: clients get a certificate that nobody has signed until there is one (127.0.0.1:1: ");

        string before = await FingerprintAsync(file, "localhost");
        (code, output, errors) = await WeirProgram.RunAsync("certs", "renew", "localhost", "-c", file);
        code.ShouldBe(0, errors);
        output.ShouldStartWith("localhost has a new certificate of Weir local authority ");
        (await FingerprintAsync(file, "localhost")).ShouldNotBe(before);

        (code, _, errors) = await WeirProgram.RunAsync("certs", "renew", "waits.weir-cli.org", "-c", file);
        (code, errors).ShouldBe(
            (1, "weir: waits.weir-cli.org got no certificate: 127.0.0.1:1: 127.0.0.1 cannot be reached: Connection refused\n"));
        (code, _, errors) = await WeirProgram.RunAsync("certs", "renew", "www.file.test", "-c", file);
        code.ShouldBe(1);
        errors.ShouldStartWith(
            "weir: Weir renews no certificate for \"www.file.test\". It comes from a file: whoever writes that file renews it.");

        (code, output, errors) = await WeirProgram.RunAsync("trust", "--print", "-c", file);
        code.ShouldBe(0, errors);
        using X509Certificate2 root = X509Certificate2.CreateFromPem(output);
        root.Subject.ShouldStartWith("CN=Weir local authority ");
        output.ShouldNotContain("PRIVATE KEY");
    }

    [Fact]
    public async Task Without_an_authority_there_is_nothing_to_trust()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("weir.yaml", "process: { data: data }\nsites: { \"*\": http://127.0.0.1:3000 }\n");
        (int code, string output, string errors) = await WeirProgram.RunAsync("trust", "--print", "-c", file);
        (code, output).ShouldBe((1, ""));
        errors.ShouldStartWith("weir: there is no local authority at ");
        Directory.Exists(folder.Path("data")).ShouldBeFalse();
    }

    private static async Task<string> FingerprintAsync(string file, string name)
    {
        (_, string json, _) = await WeirProgram.RunAsync("certs", "--json", "-c", file);
        using JsonDocument parsed = JsonDocument.Parse(json);
        return parsed.RootElement.GetProperty("certificates").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name)
            .GetProperty("fingerprint").GetString()!;
    }

    // Times, tries, the root's mark and the widths that follow from them differ from run to run.
    private static string Plain(string listing, TemporaryFolder folder)
    {
        string text = Times().Replace(listing.Replace(folder.Path("file.pem"), "file.pem", StringComparison.Ordinal), "TIME");
        text = Tries().Replace(text, "TRIES failed");
        return Blanks().Replace(Mark().Replace(text, "authority MARK "), " ").Replace(" \n", "\n", StringComparison.Ordinal);
    }

    private static void MakePair(TemporaryFolder folder)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Small authority", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("file.test");
        names.AddDnsName("www.file.test");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(60));
        folder.Write("file.pem", made.ExportCertificatePem() + "\n");
        File.SetUnixFileMode(
            folder.Write("file.key", key.ExportPkcs8PrivateKeyPem() + "\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")]
    private static partial Regex Times();

    [GeneratedRegex("authority [0-9]{4} [0-9a-f]{6} ")]
    private static partial Regex Mark();

    [GeneratedRegex("(being got; )?[0-9]+ tr(y|ies) failed")]
    private static partial Regex Tries();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
