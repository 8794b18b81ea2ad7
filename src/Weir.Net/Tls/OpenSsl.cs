using System.Runtime.InteropServices;

namespace Weir.Net.Tls;

/// <summary>The OpenSSL of the machine.</summary>
public static unsafe class OpenSsl
{
    private const int OldestMajor = 3;

    private static readonly Lazy<string?> _problem = new(Probe);

    /// <summary>Why TLS cannot be spoken here, with what to do about it; null when it can.</summary>
    public static string? Problem => _problem.Value;

    /// <summary>Its name and version, such as "OpenSSL 3.0.19 27 Jan 2026".</summary>
    public static string Version => Problem is null ? Marshal.PtrToStringUTF8((nint)LibCrypto.OpenSSL_version(0)) ?? "" : "";

    private static string? Probe()
    {
        foreach (string library in (ReadOnlySpan<string>)[LibCrypto.Library, LibSsl.Library])
        {
            if (!NativeLibrary.TryLoad(library, out _))
            {
                return $"TLS needs OpenSSL 3, and {library} cannot be loaded: install it (Debian and Ubuntu: libssl3 or libssl3t64).";
            }
        }

        uint major = LibCrypto.OPENSSL_version_major();
        return major < OldestMajor ? $"TLS needs OpenSSL 3.0 or newer; this machine's {LibSsl.Library} is version {major}." : null;
    }
}
