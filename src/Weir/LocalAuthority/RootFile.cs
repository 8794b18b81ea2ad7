using System.Text;
using Weir.AutomaticHttps;
using Weir.Config.Model;
using Weir.Machine;
using Weir.Telemetry.Events;

namespace Weir.LocalAuthority;

/// <summary>
/// The local authority's root in the data directory: a certificate and its key in one file, made when it is first needed.
/// </summary>
internal static class RootFile
{
    private const string FileName = "local-authority/root.pem";

    /// <summary>Where it is.</summary>
    public static string PathOf(ProcessConfig process) => Path.Combine(DataFolder.PathOf(process), FileName);

    /// <summary>The authority, from the file or into it. Where that cannot be, one that ends with the process, and an event.</summary>
    public static LocalRoot Open(ProcessConfig process, WeirLog log, TimeProvider clock)
    {
        string path = PathOf(process);
        try
        {
            return Find(path, log, clock) ?? MakeInto(path, log, clock);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Write(OperatorEvents.CertificateStoreFailed, path, exception.Message);
            return LocalRoot.TryRead(LocalRoot.Make(clock), clock, out _)!;
        }
    }

    /// <summary>The root where there is one; null otherwise. Nothing is made.</summary>
    /// <param name="path">The file.</param>
    /// <param name="log">Where operators read.</param>
    /// <param name="clock">The time.</param>
    /// <param name="isOwner">Whether a file that cannot be used is put aside, so that another can be made.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static LocalRoot? Find(string path, WeirLog log, TimeProvider clock, bool isOwner = true)
    {
        if (PrivateFiles.Read(path) is not { } text)
        {
            return null;
        }

        // Both parts are found by their labels.
        if (LocalRoot.TryRead(new PemPair(text, text), clock, out string problem) is { } root)
        {
            return root;
        }

        if (!isOwner)
        {
            throw new IOException($"it cannot be used ({problem})");
        }

        log.Write(OperatorEvents.CertificateFileDamaged, path, problem);
        PrivateFiles.SetAside(path);
        return null;
    }

    private static LocalRoot MakeInto(string path, WeirLog log, TimeProvider clock)
    {
        PemPair made = LocalRoot.Make(clock);
        if (!PrivateFiles.TryCreate(path, Encoding.ASCII.GetBytes(made.Chain + made.Key)))
        {
            // Another process was first.
            return Find(path, log, clock) ?? LocalRoot.TryRead(made, clock, out _)!;
        }

        LocalRoot root = LocalRoot.TryRead(made, clock, out _)!;
        log.Write(OperatorEvents.LocalAuthorityMade, root.Name, path);
        return root;
    }
}
