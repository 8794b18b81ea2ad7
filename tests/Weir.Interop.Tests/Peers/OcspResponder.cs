using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Interop.Tests.Peers;

/// <summary>`openssl ocsp` as the responder of a <see cref="TestAuthority"/>, on loopback.</summary>
internal sealed class OcspResponder : IAsyncDisposable
{
    private readonly Process _process;

    private OcspResponder(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Answers about a certificate of the authority's folder: V for good, R for revoked.</summary>
    public static OcspResponder Start(TestAuthority authority, int port, string name, string state)
    {
        string folder = authority.Folder;
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, name + ".pem"));
        string revoked = state == "R" ? Date(DateTimeOffset.UtcNow.AddHours(-1)) : "";
        string index = Path.Combine(folder, "index.txt");
        File.WriteAllText(
            index, $"{state}\t{Date(DateTimeOffset.UtcNow.AddDays(40))}\t{revoked}\t{certificate.SerialNumber}\tunknown\t/CN={name}\n");
        return new OcspResponder(Programs.Start(
            "openssl", "ocsp", "-port", port.ToString(CultureInfo.InvariantCulture), "-index", index, "-CA", authority.Authority, "-rsigner",
            authority.Authority, "-rkey", authority.KeyFile, "-nmin", "60"));
    }

    public ValueTask DisposeAsync()
    {
        Programs.End(_process);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Date(DateTimeOffset time) => time.ToString("yyMMddHHmmss'Z'", CultureInfo.InvariantCulture);
}
