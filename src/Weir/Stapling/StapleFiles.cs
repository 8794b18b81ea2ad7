using Weir.Machine;
using Weir.Net.Tls;

namespace Weir.Stapling;

/// <summary>
/// OCSP responses in the data directory, so that a restart has them at once. What cannot be read or written is fetched again.
/// </summary>
internal sealed class StapleFiles
{
    private const int MostOctets = 64 * 1024;

    // Others' files that nobody has written for so long belong to certificates that are gone.
    private static readonly TimeSpan _kept = TimeSpan.FromDays(30);

    private readonly string _folder;

    /// <summary>Files in a data directory, which need not be there yet.</summary>
    public StapleFiles(string data) => _folder = Path.Combine(data, "ocsp");

    /// <summary>What was kept for a certificate; null: nothing.</summary>
    public byte[]? Read(TlsCertificate certificate)
    {
        try
        {
            FileInfo file = new(PathOf(certificate));
            return file.Exists && file.Length <= MostOctets ? File.ReadAllBytes(file.FullName) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a response: the file is the old one or the new one, whenever the machine stops.</summary>
    public void Write(TlsCertificate certificate, byte[] response)
    {
        try
        {
            PrivateFiles.Write(PathOf(certificate), response);
            Forget();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then the next start asks anew.
        }
    }

    private void Forget()
    {
        foreach (FileInfo file in new DirectoryInfo(_folder).EnumerateFiles())
        {
            if (TimeProvider.System.GetUtcNow() - file.LastWriteTimeUtc > _kept)
            {
                file.Delete();
            }
        }
    }

    private string PathOf(TlsCertificate certificate) => Path.Combine(_folder, certificate.Fingerprint.ToLowerInvariant() + ".der");
}
