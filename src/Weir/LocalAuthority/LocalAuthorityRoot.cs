using Weir.Config.Model;
using Weir.Telemetry.Events;

namespace Weir.LocalAuthority;

/// <summary>The root of this machine's own authority, for who wants to trust it.</summary>
/// <param name="Name">What browsers call it.</param>
/// <param name="Pem">The certificate, without its key.</param>
/// <param name="Fingerprint">SHA-256, in hexadecimal.</param>
/// <param name="NotAfter">Until when it is good.</param>
public sealed record LocalAuthorityRoot(string Name, string Pem, string Fingerprint, DateTimeOffset NotAfter)
{
    /// <summary>The root of a data directory; null where there is none. Nothing is made.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static LocalAuthorityRoot? Find(ProcessConfig process) =>
        RootFile.Find(RootFile.PathOf(process), WeirLog.Silent, TimeProvider.System, isOwner: false) is { } root
            ? new LocalAuthorityRoot(root.Name, root.RootPem, root.Fingerprint, root.NotAfter)
            : null;

    /// <summary>Where it would be.</summary>
    public static string PathOf(ProcessConfig process) => RootFile.PathOf(process);
}
