using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Weir.Net.Tls;

namespace Weir.Tests.Stapling;

/// <summary>An authority in a folder of the test's, with `openssl ocsp` as what answers for it.</summary>
internal sealed class OcspAuthority : IDisposable
{
    private const string OcspSigning = "1.3.6.1.5.5.7.3.9";
    private static readonly DateTimeOffset _from = DateTimeOffset.UtcNow.AddDays(-1);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-ocsp-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;
    private int _serial;

    public OcspAuthority()
    {
        CertificateRequest request = new("CN=OCSP authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(_from, _from.AddDays(60));
        Write("ca", _authority, _key);
    }

    public string Folder => _folder;

    /// <summary>A certificate for a name that says where OCSP is answered.</summary>
    public TlsCertificate Issue(string name, string responder = "http://127.0.0.1:1/", bool mustStaple = false, bool withIssuer = true)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([responder], null, false));
        if (mustStaple)
        {
            request.CertificateExtensions.Add(new X509Extension("1.3.6.1.5.5.7.1.24", [0x30, 3, 2, 1, 5], false));
        }

        X509Certificate2 signed = Sign(request);
        Write(name, signed, key);
        string chain = signed.ExportCertificatePem() + "\n" + (withIssuer ? _authority.ExportCertificatePem() + "\n" : "");
        return TlsCertificate.TryRead(Encoding.ASCII.GetBytes(chain), Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()), out _, out _).ShouldNotBeNull();
    }

    /// <summary>A certificate for who answers, with or without the right to.</summary>
    public string Delegate(string name, bool mayAnswer)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        if (mayAnswer)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(OcspSigning)], false));
        }

        using X509Certificate2 signed = Sign(request);
        Write(name, signed, key);
        return name;
    }

    /// <summary>What `openssl ocsp` answers about a certificate.</summary>
    public byte[] Answer(string name, string state = "V", string signer = "ca", int minutes = 60, params string[] more)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(PathOf(name, "pem"));
        string revoked = state == "R" ? Date(_from.AddHours(1)) : "";
        string line = $"{state}\t{Date(_from.AddDays(50))}\t{revoked}\t{certificate.SerialNumber}\tunknown\t/CN={name}\n";
        File.WriteAllText(PathOf("index", "txt"), state == "-" ? "" : line);
        string answer = PathOf("answer", "der");
        Run([
            "ocsp", "-index", PathOf("index", "txt"), "-CA", PathOf("ca", "pem"), "-rsigner", PathOf(signer, "pem"), "-rkey", PathOf(signer, "key"),
            "-issuer", PathOf("ca", "pem"), "-cert", PathOf(name, "pem"), "-nmin", minutes.ToString(CultureInfo.InvariantCulture), "-respout", answer,
            "-noverify", .. more,
        ]);
        return File.ReadAllBytes(answer);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Date(DateTimeOffset time) => time.ToString("yyMMddHHmmss'Z'", CultureInfo.InvariantCulture);

    private static void Run(params string[] arguments)
    {
        ProcessStartInfo start = new("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, error);
    }

    private X509Certificate2 Sign(CertificateRequest request) =>
        request.Create(_authority, _from, _from.AddDays(50), [1, 0, 0, (byte)++_serial]);

    private void Write(string name, X509Certificate2 certificate, ECDsa key)
    {
        File.WriteAllText(PathOf(name, "pem"), certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(PathOf(name, "key"), key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private string PathOf(string name, string kind) => Path.Combine(_folder, $"{name}.{kind}");
}
